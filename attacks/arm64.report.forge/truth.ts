import { believesForeign, channelTruth } from '../channel.ts';

/**
 * The operator believes a line that the machine did not send at that moment; or a line left by the secure UART whose text stands in the
 * payload.
 */
export const truth = channelTruth((channel, view) => {
  const payload = Buffer.from(view.image('payload').bytes);
  return believesForeign(channel) || channel.sent.some((line) => line !== '' && payload.includes(line));
});

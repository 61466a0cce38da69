import { believesForeign, channelTruth } from '../channel.ts';

/** The operator believes a line that the machine did not send at that moment. */
export const truth = channelTruth(believesForeign);

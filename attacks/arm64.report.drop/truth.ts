import { channelTruth, lacksSent } from '../channel.ts';

/** A line that the machine sent is not among what the operator believes. */
export const truth = channelTruth(lacksSent);

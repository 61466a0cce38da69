import { alarming, type RelayStrategy, telling } from '../relay.ts';

/** What raises an alarm does not arrive; the rest does. */
const lines: RelayStrategy = () => ({ carry: (line) => (alarming(line) ? [] : [line]) });

/** From the first line that tells of something on, nothing arrives any more. */
const silence: RelayStrategy = () => {
  let cut = false;
  return {
    carry(line) {
      cut ||= telling(line);
      return cut ? [] : [line];
    },
  };
};

export const relays = { lines, silence } as const;

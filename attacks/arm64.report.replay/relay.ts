import { closing, type RelayStrategy } from '../relay.ts';

/** From the first line on, the operator hears the earlier session, line for line, and at the end all that is left of it. */
const session: RelayStrategy = ({ earlier }) => {
  let next = 0;
  return {
    carry(line) {
      const from = next;
      next = closing(line) ? earlier.length : from + 1;
      return earlier.slice(from, next);
    },
  };
};

export const relays = { session } as const;

/**
 * Ground truth of attacks on the way of the reports. What is compared is what the machine's UART sent and what the operator
 * came to believe; what any line says is not asked.
 */
import { type MachineView, stopped, type Truth } from './truth.ts';

/** The way of the reports in one run, whole lines in order. */
export interface ChannelView {
  /** What left the machine. */
  readonly sent: readonly string[];
  /** What reached the operator's end of the wire. */
  readonly delivered: readonly string[];
  /** What the operator believes: all that passed the system's verifier, or everything where there is none. */
  readonly believed: readonly string[];
  /** Those of them that were put in the place of, or added to, the line that had just left the machine. */
  readonly foreign: readonly string[];
}

/** The operator believes a line that the machine did not send at that moment. */
export function believesForeign({ foreign }: ChannelView): boolean {
  return foreign.length > 0;
}

/** A line that the machine sent is not, or not as often, among what the operator believes. */
export function lacksSent({ sent, believed }: ChannelView): boolean {
  const heard = new Map<string, number>();
  for (const line of believed) heard.set(line, (heard.get(line) ?? 0) + 1);
  return sent.some((line) => {
    const left = heard.get(line) ?? 0;
    heard.set(line, left - 1);
    return left <= 0;
  });
}

function tampered({ sent, delivered }: ChannelView): boolean {
  return sent.length !== delivered.length || sent.some((line, index) => line !== delivered[index]);
}

/**
 * A truth about the channel, decided when the session is over. An attempt that did something to the wire, or was stopped
 * inside the machine, and did not reach its effect was blocked.
 */
export function channelTruth(reached: (channel: ChannelView, view: MachineView) => boolean): Truth {
  return {
    interval: Number.POSITIVE_INFINITY,
    observe: () => ({
      sample: () => false,
      conclude(view) {
        const { channel } = view;
        if (!view.attackDue || !channel) return 'no-effect';
        if (reached(channel, view)) return 'succeeded';
        return tampered(channel) || stopped(view) ? 'blocked' : 'no-effect';
      },
    }),
  };
}

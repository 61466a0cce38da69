/**
 * A line of hostvmi on the VMM's console. The firmware writes these lines (`firmware/hostvmi.c`), and so can anyone else
 * at EL2: nothing shows whether one is genuine, and nothing is missed where one is left out.
 *
 * `hostvmi: alarm <id> <key=value,...>`
 */

/** What an alarm line says. */
export interface ConsoleAlarm {
  /** Such as `guest.text`. */
  readonly id: string;
  /** Numbers are hexadecimal text as written. */
  readonly values: Readonly<Record<string, string>>;
}

const LINE = /^hostvmi: alarm ([a-z0-9]+(?:[.-][a-z0-9]+)*) ([a-z0-9-]+=[0-9a-f]+(?:,[a-z0-9-]+=[0-9a-f]+)*)$/;

/** Reads a console line. @returns undefined where it is no alarm */
export function parseConsoleAlarm(line: string): ConsoleAlarm | undefined {
  const match = LINE.exec(line);
  if (!match) return undefined;
  const [, id, values] = match;
  return { id, values: Object.fromEntries(values.split(',').map((pair) => pair.split('=') as [string, string])) };
}

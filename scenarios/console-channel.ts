/** The person at a console that anyone at EL2 can write to: believes each alarm line, and misses none that is left out. */
import { parseConsoleAlarm } from '../monitor/hostvmi/report.ts';
import type { Alarm } from './verdict.ts';
import { Reader, type TimedLine } from './wire.ts';

const COMPONENT = 'hostvmi';

/** Takes hostvmi's lines as they come. */
export class ConsoleChannel extends Reader {
  private readonly alarms: Alarm[] = [];

  override line(line: TimedLine): string | undefined {
    super.line(line);
    const { text, time } = line;
    const alarm = parseConsoleAlarm(text);
    if (!alarm) return undefined;
    const cause = Object.entries(alarm.values)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ');
    this.alarms.push({ id: alarm.id, component: COMPONENT, instruction: time, cycles: {}, cause });
    return `${COMPONENT} reports ${alarm.id}`;
  }

  override end(): Alarm[] {
    return this.alarms;
  }
}

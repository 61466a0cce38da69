/** The person at a console that anyone at EL2 can write to: believes each alarm line, and misses none that is left out. */
import { parseConsoleAlarm } from '../monitor/hostvmi/report.ts';
import type { Channel, TimedLine } from './report-channel.ts';
import type { Alarm } from './verdict.ts';

const COMPONENT = 'hostvmi';

/** Takes hostvmi's lines as they come. */
export class ConsoleChannel implements Channel {
  private readonly alarms: Alarm[] = [];

  line({ text, time }: TimedLine): string | undefined {
    const alarm = parseConsoleAlarm(text);
    if (!alarm) return undefined;
    const cause = Object.entries(alarm.values)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ');
    this.alarms.push({ id: alarm.id, component: COMPONENT, instruction: time, cycles: {}, cause });
    return `${COMPONENT} reports ${alarm.id}`;
  }

  end(): Alarm[] {
    return this.alarms;
  }
}

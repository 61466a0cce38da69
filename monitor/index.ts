import type { MonitorDescriptor } from './descriptor.ts';
import { tvmi } from './tvmi/descriptor.ts';

/** Every system that is reproduced here, in the order in which `list` prints them. */
export const MONITORS: readonly MonitorDescriptor[] = [tvmi];

/** The system of that id, or undefined. */
export function findMonitor(id: string): MonitorDescriptor | undefined {
  return MONITORS.find((monitor) => monitor.id === id);
}

export type { Ablation, AlarmKind, Firmware, MonitorDescriptor, Source } from './descriptor.ts';

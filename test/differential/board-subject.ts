/** Boards as subjects: the same images, or the same moment of a run, carried out by each executor. */
import { createVirt, resumeVirt, type VirtBoard, type VirtOptions } from '../../emulator/boards/virt.ts';
import type { Subject } from './machine-state.ts';
import { EntryCounter, EXECUTORS, type ExecutorName } from './subjects.ts';

export interface BoardSubject extends Subject {
  /** Entries into compiled code. */
  readonly counter: EntryCounter;
}

function subject(name: ExecutorName, board: VirtBoard): BoardSubject {
  const { machine } = board;
  return {
    name,
    machine,
    counter: new EntryCounter(machine),
    devices: () => {
      const sent = [board.console.text, board.secureConsole.text];
      return JSON.stringify([board.saveDevices(), board.counts.snapshot(machine.instructions), sent]);
    },
  };
}

/** A board at power-on. */
export function boardSubject(name: ExecutorName, options: VirtOptions): BoardSubject {
  return subject(name, createVirt({ ...options, ...EXECUTORS[name] }));
}

/** A board at another's moment. */
export function resumedSubject(name: ExecutorName, from: VirtBoard): BoardSubject {
  return subject(name, resumeVirt({ identity: from.identity, state: from.save() }, EXECUTORS[name]));
}

import { LiftMode, SystemCall } from '../../emulator/arm64/system-calls.ts';
import { Machine } from '../../emulator/engine/machine.ts';
import { Slot } from '../../emulator/ir/slots.ts';
import { PlainCore } from './plain-core.ts';

/** Where flat memory stands, virtual and physical alike. */
export const FLAT_START = 0x4000_0000;

/** A system operation or fault that a {@link FlatCore} met. */
export interface Met {
  readonly what: 'system' | 'fault';
  readonly call: number;
  readonly word: number;
  readonly pc: bigint;
  readonly address: bigint;
}

/** The first system operation or fault stops it. For tests of the engine alone. */
export class FlatCore extends PlainCore {
  met: Met | undefined;
  onMet: () => void = () => {};

  protected fault(address: bigint): void {
    this.meet('fault', 0, 0, address);
  }

  system(call: number, word: number): void {
    if (call === SystemCall.yield) return;
    this.meet('system', call, word, this.state.big(Slot.EXIT_VA));
  }

  private meet(what: Met['what'], call: number, word: number, address: bigint): void {
    this.met = { what, call, word, pc: this.state.big(Slot.PC), address };
    this.redirected = true;
    this.waiting = true;
    this.onMet();
  }
}

export interface FlatOptions {
  /** Bytes of RAM from {@link FLAT_START} on. */
  readonly bytes: number;
  readonly alignmentCheck?: boolean;
  readonly tier1?: boolean;
}

/** A machine of one {@link FlatCore}. */
export function flatMachine(options: FlatOptions): Machine<FlatCore> {
  const machine = new Machine<FlatCore>({
    cpus: 1,
    ramBytes: options.bytes,
    seed: 1,
    tier1: options.tier1 ?? false,
    createCore: (parts) => new FlatCore(parts),
  });
  machine.phys.addRam('flat', FLAT_START, options.bytes);
  machine.cores[0].mode = options.alignmentCheck ? LiftMode.alignmentCheck : 0;
  machine.cores[0].state.setBig(Slot.EXCLUSIVE_ADDRESS, -1n);
  return machine;
}

/** Loads instruction words and runs until the first system operation, fault, or the limit. */
export function runWords(
  machine: Machine<FlatCore>,
  words: readonly number[],
  limit: number,
  at = FLAT_START,
): Met | undefined {
  const core = machine.cores[0];
  machine.phys.poke(at, new Uint8Array(Uint32Array.from(words).buffer));
  core.met = undefined;
  core.waiting = false;
  core.state.setBig(Slot.PC, BigInt(at));
  machine.resume();
  core.onMet = () => machine.stop({ kind: 'exit', code: 0, text: '' });
  machine.run({ maxInstructions: limit });
  return core.met;
}

import { VectorUnit } from '../../emulator/arm64/fp-simd/index.ts';
import { SystemCall } from '../../emulator/arm64/system-calls.ts';
import type { CoreParts } from '../../emulator/engine/machine.ts';
import { PlainCore } from '../support/plain-core.ts';
import { performExact } from './exact-fp.ts';
import type { Stop } from './stream.ts';

/** A fault or a system operation turns the CPU off, the pc at the instruction concerned. Exact FP and SIMD operations go on. */
export class FlatCore extends PlainCore {
  /** Why the CPU is off. */
  stop: Stop = 'ok';
  private readonly endCall: number;
  private readonly vectors: VectorUnit;

  /** @param endCall the system call that ends a run well; any other is an exception */
  constructor(parts: CoreParts, endCall: number) {
    super(parts);
    this.endCall = endCall;
    this.vectors = new VectorUnit(parts.state);
    this.userBank = this.bank;
  }

  /** Another mode is another context: its translated code has a bank of its own. */
  setMode(mode: number): void {
    this.mode = mode;
    this.bank = this.tlb.select(0, 0, 0, mode);
    this.userBank = this.bank;
    this.translation.bank = this.bank;
  }

  system(call: number, word: number): void {
    if (call === SystemCall.fpSimd && performExact(this.vectors, word)) return;
    this.turnOff(call === this.endCall ? 'ok' : 'exception');
  }

  protected fault(): void {
    this.turnOff('fault');
  }

  private turnOff(stop: Stop): void {
    this.stop = stop;
    this.off = true;
    this.redirected = true;
  }
}

/** What the lifter's tests run one instruction on: the oracle over a small memory. Used by tests alone. */
import { execute, type OracleMachine, packedFlags } from '../../ir/oracle.ts';
import { Slot } from '../../ir/slots.ts';
import { liftA64 } from './index.ts';

/** Registers by name: x0-x30, sp, nzcv (N = 8, Z = 4, C = 2, V = 1), pc; memory by address, 8 bytes each. */
export interface BenchState {
  readonly [register: `x${number}`]: bigint;
  readonly sp?: bigint;
  readonly nzcv?: bigint;
  readonly pc?: bigint;
  readonly memory?: Readonly<Record<number, bigint>>;
}

/** Where the instruction stands unless the state says otherwise. */
export const BENCH_PC = 0x8000_1000n;

/** Slots and a sparse memory; a system operation is noted and redirects nowhere. */
export class LiftBench implements OracleMachine {
  private readonly slots = new BigUint64Array(Slot.VECTOR);
  private readonly memory = new Map<bigint, number>();
  private pc: bigint;
  /** The system operations that were called. */
  readonly calls: { readonly call: number; readonly word: number }[] = [];
  /** Accesses in order: kind, address, bytes, `user` for EL0's permissions. */
  readonly accesses: string[] = [];

  constructor(before: BenchState) {
    this.pc = before.pc ?? BENCH_PC;
    this.slots[Slot.EXCLUSIVE_ADDRESS] = BigInt.asUintN(64, -1n);
    for (const [name, value] of Object.entries(before)) {
      if (name.startsWith('x')) this.slots[Number(name.slice(1))] = value as bigint;
    }
    this.slots[Slot.SP] = before.sp ?? 0n;
    this.slots[Slot.FLAGS] = before.nzcv ?? 0n;
    for (const [address, value] of Object.entries(before.memory ?? {})) this.poke(BigInt(address), 8, value);
  }

  /** Lifts and executes one instruction and goes to the next. @param mode bits of `LiftMode` */
  step(word: number, mode = 0): this {
    const { statements, length } = liftA64(word, Number(this.pc & 0xffffffffn), Number(this.pc >> 32n), mode);
    this.pc = execute(statements, this) ?? this.pc + BigInt(length);
    return this;
  }

  /** The values of what `like` names. */
  state(like: BenchState): BenchState {
    const now: Record<string, unknown> = {};
    for (const name of Object.keys(like)) {
      if (name === 'pc') now[name] = this.pc;
      else if (name === 'sp') now[name] = this.slots[Slot.SP];
      else if (name === 'nzcv') now[name] = packedFlags((slot) => this.readSlot(slot));
      else if (name === 'memory') {
        const addresses = Object.keys(like.memory ?? {});
        now[name] = Object.fromEntries(addresses.map((address) => [address, this.peek(BigInt(address), 8)]));
      } else now[name] = this.slots[Number(name.slice(1))];
    }
    return now as BenchState;
  }

  readSlot(slot: number): bigint {
    return this.slots[slot]!;
  }

  writeSlot(slot: number, value: bigint): void {
    this.slots[slot] = value;
  }

  load(address: bigint, bytes: number, user: boolean): bigint {
    this.accesses.push(`load${user ? ' user' : ''} 0x${address.toString(16)} ${bytes}`);
    return this.peek(address, bytes);
  }

  store(address: bigint, bytes: number, value: bigint, user: boolean): void {
    this.accesses.push(`store${user ? ' user' : ''} 0x${address.toString(16)} ${bytes}`);
    this.poke(address, bytes, value);
  }

  system(call: number, word: number): bigint {
    this.calls.push({ call, word });
    return this.pc;
  }

  private peek(address: bigint, bytes: number): bigint {
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.memory.get(address + BigInt(i)) ?? 0);
    return value;
  }

  private poke(address: bigint, bytes: number, value: bigint): void {
    for (let i = 0; i < bytes; i++) this.memory.set(address + BigInt(i), Number((value >> BigInt(8 * i)) & 255n));
  }
}

/** One row of a test: assembly text, encoding, state before, what must hold after. */
export type Case = readonly [text: string, word: number, before: BenchState, after: BenchState];

/** State after a case, of what the case names. */
export const outcome = ([, word, before, after]: Case): BenchState => new LiftBench(before).step(word).state(after);

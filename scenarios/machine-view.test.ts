import { describe, expect, test } from 'vitest';
import type { CpuView, MachineView, Refusal } from '../attacks/truth.ts';
import { RefusalWatch } from './machine-view.ts';

const RANGE = { level: 2 as const, va: 0x1000n, pa: 0x1000, bytes: 0x100n };
const VBAR = 0x8000n;

interface Moment {
  readonly level: 0 | 1 | 2 | 3;
  readonly pc: bigint;
  readonly ec?: number;
  readonly elr?: bigint;
}

/** The watch's findings over a series of moments; X30 stays what it was at the payload's entry. */
function watch(moments: readonly Moment[]): { refusals: Refusal[]; active: boolean } {
  const refusals: Refusal[] = [];
  const watcher = new RefusalWatch(RANGE);
  moments.forEach(({ level, pc, ec = 0, elr = 0n }, now) => {
    const registers: Record<string, bigint> = { X30: 0x7000n };
    for (const el of [1, 2, 3]) {
      registers[`VBAR_EL${el}`] = VBAR;
      registers[`ESR_EL${el}`] = BigInt(ec) << 26n;
      registers[`ELR_EL${el}`] = elr;
    }
    const cpu: CpuView = { number: 0, level, secure: false, pc, register: (name) => registers[name] };
    watcher.look({ now, cpus: [cpu] } as unknown as MachineView, refusals);
  });
  return { refusals, active: watcher.active };
}

const ENTRY: Moment = { level: 2, pc: 0x1000n };
const RETURN: Moment = { level: 2, pc: 0x7000n };

describe('what stops an attack', () => {
  test.each<[string, Moment, Refusal['kind'], number]>([
    ['a data abort at its own level', { level: 2, pc: VBAR + 0x200n, ec: 0x25 }, 'abort', 2],
    ['a secure call to EL3', { level: 3, pc: VBAR + 0x400n, ec: 0x17 }, 'secure-call', 3],
    ['a trapped instruction', { level: 3, pc: VBAR + 0x400n, ec: 0x18 }, 'trap', 3],
  ])('%s counts', (_, moment, kind, level) => {
    expect(watch([ENTRY, moment]).refusals).toEqual([{ time: 1, level, kind }]);
  });

  test('an interrupt, a hypercall and plain code of the caller do not count', () => {
    const interrupt = { level: 3 as const, pc: VBAR + 0x500n };
    const hypercall = { level: 2 as const, pc: VBAR + 0x400n, ec: 0x16 };
    expect(watch([ENTRY, interrupt, hypercall, { level: 2, pc: 0x6000n }]).refusals).toEqual([]);
  });

  test('a secure call among the first instructions counts, although the first look finds EL3 at it', () => {
    const call = { level: 3 as const, pc: VBAR + 0x400n, ec: 0x17, elr: 0x1010n };
    expect(watch([call]).refusals).toEqual([{ time: 0, level: 3, kind: 'secure-call' }]);
    expect(watch([{ ...call, elr: 0x6010n }]).refusals).toEqual([]);
  });

  test('nothing counts before the payload runs, nor once it has returned', () => {
    const abort = { level: 2 as const, pc: VBAR + 0x200n, ec: 0x25 };
    expect(watch([abort])).toEqual({ refusals: [], active: false });
    expect(watch([ENTRY, RETURN, abort])).toEqual({ refusals: [], active: false });
    expect(watch([ENTRY]).active).toBe(true);
  });
});

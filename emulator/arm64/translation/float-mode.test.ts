import { describe, expect, it } from 'vitest';
import { LiftMode } from '../system-calls.ts';
import { goTo, type Level, msr, testMachine } from '../testing.ts';

const bit = (n: number): bigint => 1n << BigInt(n);
const FPEN = 3n << 20n;
const BOTH = LiftMode.fp | LiftMode.fpDefault;
const OPEN = { CPACR_EL1: FPEN, CPTR_EL2: 0n, CPTR_EL3: 0n };

function modeAt(level: Level, registers: Readonly<Record<string, bigint>>): number {
  const { core } = testMachine();
  for (const [name, value] of Object.entries({ ...OPEN, ...registers })) core.writeRegister(name, value);
  goTo(core, level);
  return core.mode & BOTH;
}

describe('fast floating point is lifted only where nothing traps it', () => {
  it.each<[string, Level, Record<string, bigint>, number]>([
    ['nothing traps', { el: 0 }, {}, BOTH],
    ['nothing traps', { el: 1 }, {}, BOTH],
    ['CPACR_EL1.FPEN = 0b00 traps EL1', { el: 1 }, { CPACR_EL1: 0n }, 0],
    ['CPACR_EL1.FPEN = 0b01 lets EL1 through', { el: 1 }, { CPACR_EL1: bit(20) }, BOTH],
    ['CPACR_EL1.FPEN = 0b01 traps EL0', { el: 0 }, { CPACR_EL1: bit(20) }, 0],
    ['CPACR_EL1.FPEN = 0b10 traps EL1', { el: 1 }, { CPACR_EL1: bit(21) }, 0],
    ['CPACR_EL1 does not govern EL2', { el: 2 }, { CPACR_EL1: 0n }, BOTH],
    ['CPTR_EL2.TFP traps EL1', { el: 1 }, { CPTR_EL2: bit(10) }, 0],
    ['CPTR_EL2.TFP traps EL2', { el: 2 }, { CPTR_EL2: bit(10) }, 0],
    ['CPTR_EL2 does not govern the secure world', { el: 1, secure: true }, { CPTR_EL2: bit(10) }, BOTH],
    ['CPTR_EL3.TFP traps EL3', { el: 3 }, { CPTR_EL3: bit(10) }, 0],
    ['CPTR_EL3.TFP traps EL0', { el: 0 }, { CPTR_EL3: bit(10) }, 0],
    ['a rounding mode leaves arithmetic to the exact operations', { el: 0 }, { FPCR: bit(22) }, LiftMode.fp],
    ['flush to zero does too', { el: 1 }, { FPCR: bit(24) }, LiftMode.fp],
  ])('%s (%j)', (_name, level, registers, expected) => {
    expect(modeAt(level, registers)).toBe(expected);
  });

  it('a write of CPACR_EL1 or FPCR takes effect at once', () => {
    const { core } = testMachine();
    core.writeRegister('CPTR_EL2', 0n);
    goTo(core, { el: 1 });
    expect(core.mode & BOTH).toBe(0);
    msr(core, 'CPACR_EL1', FPEN);
    expect(core.mode & BOTH).toBe(BOTH);
    msr(core, 'FPCR', bit(25));
    expect(core.mode & BOTH).toBe(LiftMode.fp);
    msr(core, 'FPCR', 0n);
    expect(core.mode & BOTH).toBe(BOTH);
    msr(core, 'CPACR_EL1', 0n);
    expect(core.mode & BOTH).toBe(0);
  });
});

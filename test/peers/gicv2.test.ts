import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Virt } from '../../emulator/boards/virt-map.ts';
import { Gicc, Gicd } from '../../emulator/devices/gicv2/registers.ts';
import { type BusAccess, firstDifference } from './bus-script.ts';

/** `GIC_SEED` repeats a run; without it, each has its own. */
const SEED = Number(process.env.GIC_SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.GIC_RUNS ?? 20);
const LENGTH = 2000;

const D = Virt.gicDistributor.base;
const C = Virt.gicCpu.base;

const world = fc.constantFrom<BusAccess['world']>('secure', 'normal');
/** Interrupts that the scripts use: SGIs, PPIs, SPIs, among them UART 1's (40). */
const ID = [0, 1, 2, 3, 25, 29, 30, 32, 33, 34, 35, 40];
const id = fc.constantFrom(...ID);
const priority = fc.oneof(fc.constantFrom(0, 0x10, 0x80, 0x88, 0xa0, 0xa4, 0xf0, 0xff), fc.nat(255));

/** Interrupts of word n of a bit register. */
const bits = (n: number) =>
  fc.subarray(ID.filter((i) => i >> 5 === n)).map((ids) => ids.reduce((w, i) => w | (1 << (i & 31)), 0) >>> 0);

type Partial = Omit<BusAccess, 'world' | 'cpu'>;
const read = (address: number, size: 1 | 4 = 4): Partial => ({ write: false, size, address, value: 0 });
const write = (address: number, value: number, size: 1 | 4 = 4): Partial => ({ write: true, size, address, value });

const bitRegister = fc
  .tuple(
    fc.constantFrom(
      Gicd.IGROUPR,
      Gicd.ISENABLER,
      Gicd.ICENABLER,
      Gicd.ISPENDR,
      Gicd.ISPENDR,
      Gicd.ICPENDR,
      Gicd.ISACTIVER,
      Gicd.ICACTIVER,
    ),
    fc.nat(1),
    fc.boolean(),
  )
  .chain(([register, n, isWrite]) =>
    isWrite && !(register === Gicd.IGROUPR && n === 0) ? bits(n).map((b) => write(D + register + 4 * n, b)) : fc.constant(read(D + register + 4 * n)),
  );
const priorities = fc
  .tuple(id, priority, fc.boolean())
  .map(([i, p, w]) => (w ? write(D + Gicd.IPRIORITYR + i, p, 1) : read(D + Gicd.IPRIORITYR + i, 1)));
const targets = fc
  .tuple(id, fc.nat(3), fc.boolean())
  .map(([i, t, w]) => (w ? write(D + Gicd.ITARGETSR + i, t, 1) : read(D + Gicd.ITARGETSR + i, 1)));
const configuration = fc
  .tuple(fc.nat(2), fc.nat(0xffffffff), fc.boolean())
  .map(([n, v, w]) => (w ? write(D + Gicd.ICFGR + 4 * n, v & 0xaaaaaaaa) : read(D + Gicd.ICFGR + 4 * n)));
const sgi = fc
  .tuple(fc.nat(2), fc.nat(3), fc.nat(3))
  // QEMU forwards an SGI whatever its group; table 4-22: only one in the group that NSATT names.
  .map(([filter, list, i]) => write(D + Gicd.SGIR, (filter << 24) | (list << 16) | ((i & 1) << 15) | i));
const sgiPending = fc
  .tuple(fc.constantFrom(Gicd.CPENDSGIR, Gicd.SPENDSGIR), fc.nat(3), fc.nat(3), fc.boolean())
  .map(([r, i, v, w]) => (w ? write(D + r + i, v, 1) : read(D + r + i, 1)));
const control = fc.constantFrom(
  write(D + Gicd.CTLR, 3),
  write(D + Gicd.CTLR, 3),
  write(D + Gicd.CTLR, 1),
  read(D + Gicd.CTLR),
  read(D + Gicd.TYPER),
  read(D + Gicd.IIDR),
);
const interfaceControl = fc.nat(0x7ff).map((v) => write(C + Gicc.CTLR, v & 0x61f));
const interfaceRead = fc
  .constantFrom(
    Gicc.CTLR,
    Gicc.PMR,
    Gicc.BPR,
    Gicc.IAR,
    Gicc.IAR,
    Gicc.IAR,
    Gicc.RPR,
    Gicc.HPPIR,
    Gicc.ABPR,
    Gicc.AIAR,
    Gicc.AHPPIR,
    Gicc.APR,
    Gicc.APR + 8,
    Gicc.NSAPR + 8,
    Gicc.IIDR,
  )
  .map((r) => read(C + r));
const interfaceWrite = fc
  .tuple(fc.constantFrom(Gicc.PMR, Gicc.BPR, Gicc.ABPR), priority)
  .map(([r, v]) => write(C + r, v));
const end = fc.tuple(fc.constantFrom(Gicc.EOIR, Gicc.EOIR, Gicc.AEOIR, Gicc.DIR), id).map(([r, i]) => write(C + r, i));

/** Where QEMU departs from the manual for normal-world accesses, which are left out. */
function secureAlone({ address, value }: Partial): boolean {
  // GICD_SGIR reaches Group 0; table 4-22: never from the normal world.
  if (address === D + Gicd.SGIR) return (value & 1) === 0;
  // GICD_ITARGETSRn show Group 0 interrupts to the normal world; 4.3.12: those fields are RAZ/WI.
  return address >= D + Gicd.ITARGETSR && address < D + Gicd.ICFGR;
}

const access: fc.Arbitrary<BusAccess> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: bitRegister },
      { weight: 3, arbitrary: priorities },
      { weight: 1, arbitrary: targets },
      { weight: 1, arbitrary: configuration },
      { weight: 2, arbitrary: sgi },
      { weight: 1, arbitrary: sgiPending },
      { weight: 1, arbitrary: control },
      { weight: 1, arbitrary: interfaceControl },
      { weight: 6, arbitrary: interfaceRead },
      { weight: 1, arbitrary: interfaceWrite },
      { weight: 4, arbitrary: end },
    ),
    world,
    fc.nat(1),
  )
  .map(([a, w, cpu]) => ({ ...a, world: secureAlone(a) ? 'secure' : w, cpu }));

/** Opens everything, so that random scripts have something to signal. */
const OPENING: BusAccess[] = [0, 1].flatMap((cpu) =>
  [
    write(D + Gicd.CTLR, 3),
    write(D + Gicd.ISENABLER, 0xffffffff),
    write(D + Gicd.ISENABLER + 4, 0xffffffff),
    write(D + Gicd.IGROUPR + 4, 0x0a),
    write(D + Gicd.IGROUPR, 0x4000000a),
    write(D + Gicd.ITARGETSR + 32, 0x03030201),
    write(D + Gicd.ITARGETSR + 40, 3, 1),
    write(C + Gicc.PMR, 0xff),
    write(C + Gicc.CTLR, 0xb),
  ].map((a) => ({ ...a, cpu, world: 'secure' as const })),
);

describe('GICv2', () => {
  it(`random accesses from both worlds and two CPUs are answered as QEMU answers them (seed ${SEED})`, async () => {
    for (let n = 0; n < RUNS; n++) {
      const body = fc.sample(access, { seed: SEED + n, numRuns: LENGTH });
      expect(await firstDifference([...OPENING, ...body], 2)).toBe('');
    }
  });
});

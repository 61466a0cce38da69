import { beforeEach, describe, expect, it } from 'vitest';
import { type Halves, Psci, PsciFunction, type PsciHost, PsciReturn } from './psci.ts';

const SMC64 = 0x4000_0000;
const wide = (id: number) => (id | SMC64) >>> 0;
const args = (...values: number[]): Halves[] =>
  [0, 1, 2].map((i) => ({ lo: (values[i] ?? 0) | 0, hi: Math.floor((values[i] ?? 0) / 2 ** 32) | 0 }));

let off: boolean[];
let did: unknown[];
let psci: Psci;

beforeEach(() => {
  off = [false, true];
  did = [];
  const host: PsciHost = {
    cpus: 2,
    isOff: (cpu) => off[cpu],
    start: (cpu, entry, context) => {
      off[cpu] = false;
      did.push(['start', cpu, entry, context]);
    },
    turnOff: (cpu) => did.push(['off', cpu]),
    standBy: (cpu) => did.push(['standby', cpu]),
    systemOff: () => did.push(['system off']),
    systemReset: () => did.push(['system reset']),
  };
  psci = new Psci(host);
});

describe('PSCI', () => {
  it('PSCI_VERSION is 1.1 (5.1.1); its 64-bit form does not exist', () => {
    expect(psci.call(0, PsciFunction.PSCI_VERSION, args())).toBe(0x1_0001);
    expect(psci.call(0, wide(PsciFunction.PSCI_VERSION), args())).toBe(PsciReturn.NOT_SUPPORTED);
  });

  it('CPU_ON starts a CPU once, with its context (5.1.4)', () => {
    expect(psci.call(0, wide(PsciFunction.CPU_ON), args(1, 0x1_4000_0000, 0x2_0000_0005))).toBe(PsciReturn.SUCCESS);
    expect(did).toEqual([['start', 1, { lo: 0x4000_0000, hi: 1 }, { lo: 5, hi: 2 }]]);
    expect(psci.call(0, wide(PsciFunction.CPU_ON), args(1, 0x4000_0000))).toBe(PsciReturn.ALREADY_ON);
  });

  it('CPU_ON by the 32-bit convention takes the low halves', () => {
    psci.call(0, PsciFunction.CPU_ON, args(1, 0x1_4000_0000, 0x2_0000_0005));
    expect(did).toEqual([['start', 1, { lo: 0x4000_0000, hi: 0 }, { lo: 5, hi: 0 }]]);
  });

  it('CPU_ON refuses a CPU that is not there, and an entry that is not aligned', () => {
    expect(psci.call(0, wide(PsciFunction.CPU_ON), args(2, 0))).toBe(PsciReturn.INVALID_PARAMETERS);
    expect(psci.call(0, wide(PsciFunction.CPU_ON), args(0x1_0000_0001, 0))).toBe(PsciReturn.INVALID_PARAMETERS);
    expect(psci.call(0, wide(PsciFunction.CPU_ON), args(1, 2))).toBe(PsciReturn.INVALID_ADDRESS);
    expect(did).toEqual([]);
  });

  it('CPU_OFF, SYSTEM_OFF and SYSTEM_RESET do not return (5.1.3, 5.1.9, 5.1.10)', () => {
    for (const id of [PsciFunction.CPU_OFF, PsciFunction.SYSTEM_OFF, PsciFunction.SYSTEM_RESET])
      expect(psci.call(1, id, args())).toBeUndefined();
    expect(did).toEqual([['off', 1], ['system off'], ['system reset']]);
  });

  it('AFFINITY_INFO: 0 on, 1 off; levels above 0 are on; others are invalid (5.1.5)', () => {
    const info = (...values: number[]) => psci.call(0, wide(PsciFunction.AFFINITY_INFO), args(...values));
    expect([info(0, 0), info(1, 0), info(1, 1), info(2, 0), info(0, 4)]).toEqual([0, 1, 0, -2, -2]);
  });

  it('CPU_SUSPEND stands by; powering down is not offered (5.1.2, 5.4.2)', () => {
    expect(psci.call(1, wide(PsciFunction.CPU_SUSPEND), args(0))).toBe(PsciReturn.SUCCESS);
    expect(psci.call(1, wide(PsciFunction.CPU_SUSPEND), args(1 << 16))).toBe(PsciReturn.INVALID_PARAMETERS);
    expect(did).toEqual([['standby', 1]]);
  });

  it('PSCI_FEATURES knows what is there (5.1.14)', () => {
    const features = (id: number) => psci.call(0, PsciFunction.PSCI_FEATURES, args(id));
    expect(features(wide(PsciFunction.CPU_ON))).toBe(PsciReturn.SUCCESS);
    expect(features(PsciFunction.MIGRATE)).toBe(PsciReturn.NOT_SUPPORTED);
  });

  it('MIGRATE_INFO_TYPE says that no trusted OS has to migrate (5.1.7); an unknown function is not supported', () => {
    expect(psci.call(0, PsciFunction.MIGRATE_INFO_TYPE, args())).toBe(2);
    expect(psci.call(0, 0x8000_0000, args())).toBe(PsciReturn.NOT_SUPPORTED);
  });
});

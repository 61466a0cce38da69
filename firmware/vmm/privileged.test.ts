import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFirmware } from '../../tools/build-firmware.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** MSR <register>, Xt (Arm ARM C6.2.194): bits 31:20 = 0xd51; then op0-2, op1, CRn, CRm, op2 in bits 19:5. */
const msr = (op1: number, crn: number, crm: number, op2: number) =>
  (0xd51 << 20) | (1 << 19) | (op1 << 16) | (crn << 12) | (crm << 8) | (op2 << 5);

/** What a VMM under tvmi must not be able to write itself. */
const PRIVILEGED: Readonly<Record<string, number>> = {
  SCTLR_EL2: msr(4, 1, 0, 0),
  HCR_EL2: msr(4, 1, 1, 0),
  TTBR0_EL2: msr(4, 2, 0, 0),
  TCR_EL2: msr(4, 2, 0, 2),
  VTTBR_EL2: msr(4, 2, 1, 0),
  VTCR_EL2: msr(4, 2, 1, 2),
  MAIR_EL2: msr(4, 10, 2, 0),
  VBAR_EL2: msr(4, 12, 0, 0),
};

/** Registers of which the image's words hold a write, whatever the source register. */
function written(name: string): string[] {
  const bytes = readFileSync(join(PROJECT, 'dist/firmware', `${name}.bin`));
  const words = Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32LE(index * 4) & ~0x1f);
  return Object.keys(PRIVILEGED).filter((register) => words.includes(PRIVILEGED[register]));
}

beforeAll(() => buildFirmware(PROJECT, ['vmm-plain', 'vmm-tvmi']), 120_000);

describe('the two builds of the VMM', () => {
  test('the plain one writes each privileged register itself', () => {
    expect(written('vmm-plain')).toEqual(Object.keys(PRIVILEGED));
  });

  test('the one for tvmi holds no write of any of them', () => {
    expect(written('vmm-tvmi')).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { Unicorn, UnicornError, UnicornRegister } from '../../peers/unicorn.ts';

const CODE = 0x10000n;
const DATA = 0x20000n;

function words(...encodings: number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(encodings).buffer);
}

async function machine(...encodings: number[]): Promise<Unicorn> {
  const uc = await Unicorn.open();
  uc.map(CODE, 0x1000);
  uc.map(DATA, 0x1000);
  uc.write(CODE, words(...encodings));
  return uc;
}

test('every register keeps what was written to it', async () => {
  const uc = await machine();
  const expected = Array.from({ length: 33 }, (_, i) => 0x1000n * BigInt(i + 1));
  for (let i = 0; i < 33; i++) uc.registers[i] = expected[i];
  uc.registers[UnicornRegister.nzcv] = 0x9000_0000n;
  uc.pushRegisters();
  uc.registers.fill(0n);
  uc.pullRegisters();
  expect([...uc.registers]).toEqual([...expected, 0x9000_0000n]);
  uc.close();
});

test('an addition sets the flags, a store reaches memory, and the run ends after the count', async () => {
  // adds x0, x1, x2; str x2, [x3]; nop
  const uc = await machine(0xab020020, 0xf9000062, 0xd503201f);
  uc.registers[1] = 0xffff_ffff_ffff_ffffn;
  uc.registers[2] = 1n;
  uc.registers[3] = DATA + 8n;
  uc.registers[0] = 5n;
  uc.pushRegisters();
  uc.write(DATA + 8n, words(1, 2));
  expect(uc.start(CODE, 0n, 2)).toBe(UnicornError.ok);
  uc.pullRegisters();
  expect(uc.registers[0]).toBe(0n);
  expect(uc.registers[UnicornRegister.nzcv]).toBe(0x6000_0000n);
  expect(uc.registers[UnicornRegister.pc]).toBe(CODE + 8n);
  expect([...uc.read(DATA + 8n, new Uint8Array(8))]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  uc.close();
});

test('what stops a run has a name', async () => {
  // ldr x0, [x1]; udf #0; svc #0
  const uc = await machine(0xf9400020, 0x00000000, 0xd4000001);
  expect(uc.start(CODE, 0n, 1)).toBe(UnicornError.readUnmapped);
  expect(uc.start(CODE + 4n, 0n, 1)).toBe(UnicornError.exception);
  expect(uc.start(CODE + 8n, 0n, 1)).toBe(UnicornError.exception);
  uc.close();
});

import { expect, it } from 'vitest';
import { A64_TABLE, decodeA64 } from '../../emulator/arm64/decode/index.ts';
import { parsePattern } from '../../emulator/arm64/decode/pattern.ts';
import { liftA64 } from '../../emulator/arm64/lift/index.ts';
import { SystemCall } from '../../emulator/arm64/system-calls.ts';
import { loadA64Disassembler } from '../../emulator/debug/disassemble.ts';
import { Unicorn, UnicornError } from '../../peers/unicorn.ts';
import { Random } from '../differential/random.ts';

const WORDS = 300_000;
const CODE = 0x12_3450_0000n;

/** Unicorn ends a run alike at an exception that the instruction is made for and at an undefined one. */
const RAISES = /^(SVC|HVC|SMC|BRK|HLT|DCPS|ERET|DRPS|WF|YIELD)/;
/** Which system registers and operations exist is the system side's question. */
const SYSTEM = /^(SYS|SYSL|MSR|MRS)\b/;

/** Where Unicorn 2.0.1 is wrong: mask, value, clause. */
const UNICORN_WRONG: readonly (readonly [mask: number, value: number, clause: string])[] = [
  [0xfffffc1f, 0xd69f0000, 'C4.1.3, unconditional branch (register): ERET with Rn other than 11111 is unallocated'],
];

/** Half of the words are anything, half are a row's encoding with up to three bits changed. */
function randomWord(random: Random, rows: readonly { mask: number; value: number }[]): number {
  if (random.chance(0.5)) return random.next();
  const { mask, value } = random.pick(rows);
  let word = (random.next() & ~mask) | value;
  for (let flips = random.below(4); flips > 0; flips--) word ^= 1 << random.below(32);
  return word >>> 0;
}

it('an encoding is undefined here exactly where Unicorn (Cortex-A57) says so, but for its known bugs', async () => {
  const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`random encodings: RINGWARDEN_SEED=${seed}`);
  const random = new Random(seed);
  const rows = A64_TABLE.map(({ pattern }) => parsePattern(pattern));
  const disassemble = await loadA64Disassembler();
  const unicorn = await Unicorn.open();
  const found = new Set<string>();
  try {
    unicorn.map(CODE, 0x1000);
    const code = new Uint32Array(1);
    for (let i = 0; i < WORDS; i++) {
      const word = randomWord(random, rows);
      const name = decodeA64(word)?.name ?? '';
      if (RAISES.test(name) || SYSTEM.test(name)) continue;
      if (UNICORN_WRONG.some(([mask, value]) => (word & mask) >>> 0 === value)) continue;
      const [first] = liftA64(word, 0, 0, 0).statements;
      const undefinedHere = first?.kind === 'system' && first.call === SystemCall.undefined;
      code[0] = word;
      unicorn.write(CODE, new Uint8Array(code.buffer));
      unicorn.forgetCode(CODE, 4);
      unicorn.registers.fill(0n);
      unicorn.pushRegisters();
      const undefinedThere = unicorn.start(CODE, CODE + 4n, 1) === UnicornError.exception;
      if (undefinedHere !== undefinedThere) {
        const where = undefinedHere ? 'here' : 'in Unicorn';
        found.add(`0x${word.toString(16).padStart(8, '0')} ${disassemble(word, 0n)}: undefined ${where} alone ${name}`);
      }
    }
  } finally {
    unicorn.close();
  }
  expect([...found]).toEqual([]);
});

import { expect, test } from 'vitest';
import { a64, image } from '../../emulator/boards/a64-words.ts';
import type { Driver } from '../../peers/driver.ts';
import { ours } from '../../peers/ours.ts';
import { qemu } from '../../peers/qemu.ts';

const DRIVERS: readonly Driver[] = [ours, qemu];

/** Base addresses of the board, upper half: they are loaded by MOVZ with a shift of 16. */
const UART0 = 0x0900;
const UART1 = 0x0904;
const SECURE_GPIO = 0x090b;
const GPIO_DIR = 0x400;
const GPIO_LINE_0 = 4;

const say = (uart: number, text: string) =>
  [...text].flatMap((c) => [a64.movz(1, uart, 16), a64.movz(2, c.charCodeAt(0)), a64.str(2, 1)]);
const powerOff = [a64.movz(1, SECURE_GPIO, 16), a64.movz(2, 1), a64.str(2, 1, GPIO_DIR), a64.str(2, 1, GPIO_LINE_0)];

test.each(DRIVERS)('$name: each UART has its own text, and powering off is exit code 0', async (driver) => {
  const rom = image(...say(UART0, 'plain'), ...say(UART1, 'secret'), ...powerOff, a64.stay);
  const run = await driver.run({ board: 'virt', kind: 'bios', image: rom, timeout: 20_000 });
  expect(run).toEqual({ serial: ['plain', 'secret'], why: 'exit', exitCode: 0 });
});

test.each(DRIVERS)('$name: SYS_EXIT_EXTENDED gives the exit code', async (driver) => {
  // X0 = SYS_EXIT_EXTENDED, X1 -> ADP_Stopped_ApplicationExit and the code: on the ROM's fourth word.
  const rom = image(a64.movz(0, 0x20), a64.movz(1, 16), a64.semihosting, a64.stay, 0x20026, 0, 42, 0);
  const run = await driver.run({ board: 'virt', kind: 'bios', image: rom, semihosting: true, timeout: 20_000 });
  expect(run).toMatchObject({ why: 'exit', exitCode: 42 });
});

test.each(DRIVERS)('$name: an image that loops ends by the time limit', async (driver) => {
  const run = await driver.run({ board: 'virt', kind: 'bios', image: image(a64.stay), timeout: 500 });
  expect(run).toMatchObject({ why: 'timeout' });
  expect(run.exitCode).toBeUndefined();
});

test('ours: an image that loops ends by the limit of instructions', async () => {
  const run = await ours.run({ board: 'virt', kind: 'bios', image: image(a64.stay), maxInstructions: 1000 });
  expect(run).toMatchObject({ why: 'limit' });
});

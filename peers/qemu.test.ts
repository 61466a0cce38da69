import { expect, test } from 'vitest';
import { linesOf } from './driver.ts';
import { qemuArguments } from './qemu.ts';

const image = new Uint8Array();
const files = { image: 'rom', serial: ['u0', 'u1'] };

test('QEMU gets a machine with both security states, EL2, GICv2, and neither network nor display', () => {
  const text = qemuArguments({ board: 'virt', kind: 'bios', image }, files).join(' ');
  expect(text).toContain('-M virt,secure=on,virtualization=on,gic-version=2 -cpu cortex-a57');
  expect(text).toContain('-nic none');
  expect(text).toContain('-display none');
  expect(text).toContain('-serial file:u0 -serial file:u1');
  expect(text).toContain('-bios rom');
  expect(text).not.toContain('semihosting');
});

test('CPUs, memory, an ELF image and semihosting reach the command line', () => {
  const request = { board: 'virt', kind: 'elf', image, cpus: 2, memory: 256 << 20, semihosting: true } as const;
  const text = qemuArguments(request, files).join(' ');
  expect(text).toContain('-smp 2 -m 256M');
  expect(text).toContain('-device loader,file=rom,cpu-num=0');
  expect(text).toContain('-semihosting-config enable=on,target=native');
});

test('an unfinished last line of a console is not a line', () => {
  expect(linesOf('a\r\nb\nc')).toEqual(['a', 'b']);
  expect(linesOf('')).toEqual([]);
});

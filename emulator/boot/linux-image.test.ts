import { expect, it } from 'vitest';
import { parseFlatImage } from './linux-image.ts';

function header(textOffset: number, size: number): Uint8Array {
  const file = new Uint8Array(100);
  const view = new DataView(file.buffer);
  view.setBigUint64(8, BigInt(textOffset), true);
  view.setBigUint64(16, BigInt(size), true);
  file.set([0x41, 0x52, 0x4d, 0x64], 56);
  return file;
}

it('an image with a header stands at its text offset and takes its image size', () => {
  expect(parseFlatImage(header(0x1000, 0x5000))).toEqual({ textOffset: 0x1000, size: 0x5000 });
});

it('image size 0 (before 3.17), or no header, means text offset 0x80000', () => {
  expect(parseFlatImage(header(0x1000, 0))).toEqual({ textOffset: 0x8_0000, size: 100 });
  expect(parseFlatImage(new Uint8Array(10))).toEqual({ textOffset: 0x8_0000, size: 10 });
});

it('an image size smaller than the file does not cut the file', () => {
  expect(parseFlatImage(header(0, 1)).size).toBe(100);
});

it('a text offset of 2 MiB or more is refused, as is an empty image', () => {
  expect(() => parseFlatImage(header(0x20_0000, 1))).toThrow('2 MiB or more');
  expect(() => parseFlatImage(new Uint8Array(0))).toThrow('empty');
});

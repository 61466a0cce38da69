import { expect, it } from 'vitest';
import { cells64, writeFdt } from './fdt.ts';
import { cellsOf, nodeAt, readFdt, stringsOf } from './fdt-read.ts';

it('what is written is read back: cells big-endian, strings terminated, empty properties empty (5.4)', () => {
  const blob = writeFdt({
    name: '',
    properties: { compatible: ['a', 'bc'], flag: true, reg: [...cells64(0x1_2345_6789)], one: 7 },
    children: [{ name: 'child@1', properties: { compatible: 'x', raw: Uint8Array.of(1, 2, 3) } }],
  });
  const root = readFdt(blob);
  expect(stringsOf(root, 'compatible')).toEqual(['a', 'bc']);
  expect(root.properties.get('flag')).toEqual(new Uint8Array(0));
  expect(cellsOf(root, 'reg')).toEqual([1, 0x2345_6789]);
  expect(cellsOf(root, 'one')).toEqual([7]);
  expect([...nodeAt(root, '/child@1').properties.get('raw')!]).toEqual([1, 2, 3]);
});

it('the header gives version 17, compatible with 16, and the blob ends where it says (5.2)', () => {
  const blob = writeFdt({ name: '', properties: {} }, 3);
  const words = Array.from({ length: 10 }, (_, i) => new DataView(blob.buffer).getUint32(i * 4));
  expect([words[0], words[1], words[5], words[6], words[7]]).toEqual([0xd00dfeed, blob.length, 17, 16, 3]);
});

it('a property name is stored once (5.5)', () => {
  const one = writeFdt({ name: '', properties: { abcdefgh: 1 } });
  const two = writeFdt({
    name: '',
    properties: { abcdefgh: 1 },
    children: [{ name: 'c', properties: { abcdefgh: 2 } }],
  });
  const stringsBytes = (blob: Uint8Array) => new DataView(blob.buffer).getUint32(32);
  expect(stringsBytes(two)).toBe(stringsBytes(one));
});

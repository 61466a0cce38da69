import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';

test('CRC-32 of the check string 123456789 is CBF43926', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

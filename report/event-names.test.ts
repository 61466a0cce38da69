import { expect, test } from 'vitest';
import { eventLabel } from './event-names.ts';

test.each([
  ['smc.0x84000008', 'smc.0x84000008 (PSCI SYSTEM_OFF)'],
  ['smc.0xc4000003', 'smc.0xc4000003 (PSCI CPU_ON)'],
  ['smc.0xc3000004', 'smc.0xc3000004 (tvmi STAGE2_STORE)'],
  ['smc.0xc30000ff', 'smc.0xc30000ff'],
  ['smc.other', 'smc.other'],
  ['exception.smc.el3', 'exception.smc.el3'],
])('%s is told as %s', (event, label) => {
  expect(eventLabel(event)).toBe(label);
});

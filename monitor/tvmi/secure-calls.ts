import type { SecureCall } from '../system.ts';

/** Function identifiers as in `rw/tvmi_smc.h` and, for the way back of the agent, `tvmi/exchange.h`. */
export const SECURE_CALLS: readonly SecureCall[] = [
  { id: 0xc300_0000, name: 'VERSION' },
  { id: 0xc300_0001, name: 'EL2_WRITE' },
  { id: 0xc300_0002, name: 'STAGE1_STORE' },
  { id: 0xc300_0003, name: 'STAGE2_CREATE' },
  { id: 0xc300_0004, name: 'STAGE2_STORE' },
  { id: 0xc300_0005, name: 'STAGE2_SHARE' },
  { id: 0xc300_0006, name: 'MODULE_LOAD' },
  { id: 0xc300_0007, name: 'TRAPPED_WRITE' },
  { id: 0xc300_0008, name: 'EL2_FAULT' },
  { id: 0xc300_0009, name: 'STATUS' },
  { id: 0xc300_0100, name: 'AGENT_DONE' },
];

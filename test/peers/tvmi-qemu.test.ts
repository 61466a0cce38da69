import { describe } from 'vitest';
import { qemu } from '../../peers/qemu.ts';
import { tvmiCases } from '../support/tvmi-cases.ts';

/**
 * QEMU's timers are fired by a thread of the host: on a busy one a poll of some hundred microseconds can come milliseconds
 * late, after what it should have seen. A case that fails for that is tried again.
 */
describe('tvmi on QEMU', { retry: 2 }, () => tvmiCases(qemu));

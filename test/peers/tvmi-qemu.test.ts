import { describe } from 'vitest';
import { qemu } from '../../peers/qemu.ts';
import { tvmiCases } from '../support/tvmi-cases.ts';

describe('tvmi on QEMU', () => tvmiCases(qemu));

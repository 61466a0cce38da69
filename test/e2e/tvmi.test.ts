import { describe } from 'vitest';
import { ours } from '../../peers/ours.ts';
import { tvmiCases } from '../support/tvmi-cases.ts';

describe('tvmi on our machine', () => tvmiCases(ours));

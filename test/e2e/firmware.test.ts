import { describe } from 'vitest';
import { ours } from '../../peers/ours.ts';
import { firmwareCases } from '../support/firmware-cases.ts';

describe('the plain firmware on our machine', () => firmwareCases(ours));

/**
 * Exclusive and ordered loads and stores (Arm ARM C4.1.4, B2.9). Their address must be a multiple of the whole
 * access's size whatever SCTLR_ELx.A says. Order needs nothing: accesses are performed in program order.
 *
 * CONSTRAINED UNPREDICTABLE choices (Arm ARM K1.2): STXR whose status register is also the base or a stored register
 * uses the old values; LDXP with equal destinations keeps the second.
 */
import type { AccessSize, Statement } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';
import type { Lift, Site } from '../decode/encoding.ts';
import { Rn, Rs, Rt, Rt2 } from '../decode/fields.ts';
import { readSP, set, slot, ZR_OR_SP } from './build.ts';
import { alignmentCheck, destination, move, spCheck, stored } from './load-store.ts';

const checks = (word: number, site: Site, size: number): readonly Statement[] => [
  ...spCheck(word, site),
  ...alignmentCheck(word, readSP(Rn(word), 64), size),
];

/** LDAR, STLR and their byte and half-word forms. */
export const ordered =
  (size: AccessSize, load: boolean): Lift =>
  (word, site) => [
    ...checks(word, site, size),
    move(load ? { size, extend: 'zero' } : { size }, Rt(word), readSP(Rn(word), 64)),
  ];

const monitor = (word: number): Statement => set(Slot.EXCLUSIVE_ADDRESS, readSP(Rn(word), 64));
const result = (t: number, from: number): readonly Statement[] => (t === ZR_OR_SP ? [] : [set(t, slot(from, 64))]);

/** LDXR, LDAXR: the monitor takes address and value; memory is read straight into the latter. */
export const loadExclusive =
  (size: AccessSize): Lift =>
  (word, site) => [
    ...checks(word, site, size),
    { kind: 'load', slot: Slot.EXCLUSIVE_VALUE, size, extend: 'zero', address: readSP(Rn(word), 64) },
    monitor(word),
    ...result(Rt(word), Slot.EXCLUSIVE_VALUE),
  ];

/** LDXP, LDAXP. */
export const loadExclusivePair =
  (size: 4 | 8): Lift =>
  (word, site) => [
    ...checks(word, site, 2 * size),
    {
      kind: 'loadPair',
      slot: Slot.EXCLUSIVE_VALUE,
      slot2: Slot.EXCLUSIVE_VALUE2,
      size,
      address: readSP(Rn(word), 64),
    },
    monitor(word),
    ...result(Rt(word), Slot.EXCLUSIVE_VALUE),
    ...result(Rt2(word), Slot.EXCLUSIVE_VALUE2),
  ];

/** STXR, STLXR. */
export const storeExclusive =
  (size: AccessSize): Lift =>
  (word, site) => [
    ...checks(word, site, size),
    {
      kind: 'storeExclusive',
      status: destination(Rs(word)),
      value: stored(Rt(word)),
      size,
      address: readSP(Rn(word), 64),
    },
  ];

/** STXP, STLXP. */
export const storeExclusivePair =
  (size: 4 | 8): Lift =>
  (word, site) => [
    ...checks(word, site, 2 * size),
    {
      kind: 'storeExclusive',
      status: destination(Rs(word)),
      value: stored(Rt(word)),
      value2: stored(Rt2(word)),
      size,
      address: readSP(Rn(word), 64),
    },
  ];

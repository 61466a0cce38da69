import { ExternalAbort } from '../devices/device.ts';
import { Access } from '../engine/core.ts';
import { PageFlag } from '../memory/physical.ts';
import type { Arm64Core } from './core.ts';
import { AbortSource } from './translation/aborts.ts';

/**
 * Cache maintenance (Arm ARM C5.3, D3.4). Memory here is coherent and has no cache, so maintenance moves nothing; but an
 * operation by address is translated and may fault, and DC ZVA writes.
 */

/** DCZID_EL0.BS: words that DC ZVA writes, as a power of two. */
export const ZVA_BLOCK_SIZE = 4;
const ZVA_BYTES = 4 << ZVA_BLOCK_SIZE;

/** DC by address: needs read permission. */
export function dcByAddress(core: Arm64Core, lo: number, hi: number): void {
  if (!core.translateFor(lo, hi, Access.read, AbortSource.cacheMaintenance)) return;
  const { pa, secure } = core.translation;
  const offset = core.phys.ramFor(pa, false, core.initiator(secure));
  if (offset >= 0) arm(core, lo, hi, offset, false);
}

/** Lets translated code do the rest of the page by itself: more operations are likely to follow. */
function arm(core: Arm64Core, lo: number, hi: number, offset: number, write: boolean): void {
  const { bank, entry, slow } = core.translation;
  const { phys } = core;
  const page = offset >>> 12;
  if (slow || (write && (phys.pageFlags[page] & PageFlag.code) !== 0)) return;
  if (write) phys.markDirty(page);
  bank.arm(entry, lo, hi, !write, write, offset & ~0xfff);
}

/** DC IVAC loses what is in the cache, so it needs write permission (D4.4.7). */
export function dcInvalidate(core: Arm64Core, lo: number, hi: number): void {
  core.translateFor(lo, hi, Access.write, AbortSource.cacheMaintenance);
}

/** Operations that have nothing to do: by set and way, and all instruction cache operations (code is kept coherent). */
export function nothing(): void {}

/**
 * DC ZVA: zeroes the naturally aligned block, as a store to it would. On Device memory it can give an Alignment fault
 * (C5.3.8); here it does where a descriptor says Device, and not where stage 1 is off.
 */
export function dcZero(core: Arm64Core, lo: number, hi: number): void {
  if (!core.translateFor(lo, hi, Access.write, AbortSource.access, !core.stage1On)) return;
  const { pa, secure } = core.translation;
  const start = pa - (pa % ZVA_BYTES);
  const by = core.initiator(secure);
  const { phys } = core;
  const offset = phys.ramFor(start, true, by);
  if (offset >= 0) {
    arm(core, lo, hi, offset, true);
    // A loop: for so few bytes a call of fill() costs more.
    const { words } = phys;
    for (let i = offset >> 2; i < (offset + ZVA_BYTES) >> 2; i++) words[i] = 0;
    phys.noteWrite(offset, ZVA_BYTES);
    return;
  }
  try {
    for (let i = 0; i < ZVA_BYTES; i += 4) phys.write(start + i, 4, 0, by);
  } catch (error) {
    if (!(error instanceof ExternalAbort)) throw error;
    core.externalAbort(lo, hi, Access.write);
  }
}

/** The catalogue: every attack with its record and its ground truth. */
import { record as bootTamperedVmm } from './arm64.boot.tampered-vmm/record.ts';
import { truth as bootTamperedVmmTruth } from './arm64.boot.tampered-vmm/truth.ts';
import { record as fifoOverflow } from './arm64.escape.fifo-overflow/record.ts';
import { truth as fifoOverflowTruth } from './arm64.escape.fifo-overflow/truth.ts';
import { record as pstate } from './arm64.escape.pstate/record.ts';
import { truth as pstateTruth } from './arm64.escape.pstate/truth.ts';
import { record as hcrClearVm } from './arm64.hcr.clear-vm/record.ts';
import { truth as hcrClearVmTruth } from './arm64.hcr.clear-vm/truth.ts';
import { record as mmuOff } from './arm64.mmu.off/record.ts';
import { truth as mmuOffTruth } from './arm64.mmu.off/truth.ts';
import { record as walkToctou } from './arm64.race.walk-toctou/record.ts';
import { truth as walkToctouTruth } from './arm64.race.walk-toctou/truth.ts';
import { record as reportDrop } from './arm64.report.drop/record.ts';
import { relays as reportDropRelays } from './arm64.report.drop/relay.ts';
import { truth as reportDropTruth } from './arm64.report.drop/truth.ts';
import { record as reportForge } from './arm64.report.forge/record.ts';
import { relays as reportForgeRelays } from './arm64.report.forge/relay.ts';
import { truth as reportForgeTruth } from './arm64.report.forge/truth.ts';
import { record as reportReplay } from './arm64.report.replay/record.ts';
import { relays as reportReplayRelays } from './arm64.report.replay/relay.ts';
import { truth as reportReplayTruth } from './arm64.report.replay/truth.ts';
import { record as secureRamDma } from './arm64.secure-ram.dma/record.ts';
import { truth as secureRamDmaTruth } from './arm64.secure-ram.dma/truth.ts';
import { record as secureRamRead } from './arm64.secure-ram.read/record.ts';
import { truth as secureRamReadTruth } from './arm64.secure-ram.read/truth.ts';
import { record as smcFuzz } from './arm64.smc.fuzz/record.ts';
import { truth as smcFuzzTruth } from './arm64.smc.fuzz/truth.ts';
import { record as pointerConfusion } from './arm64.smc.pointer-confusion/record.ts';
import { truth as pointerConfusionTruth } from './arm64.smc.pointer-confusion/truth.ts';
import { record as doubleMap } from './arm64.stage2.double-map/record.ts';
import { truth as doubleMapTruth } from './arm64.stage2.double-map/truth.ts';
import { record as transient } from './arm64.transient.between-polls/record.ts';
import { truth as transientTruth } from './arm64.transient.between-polls/truth.ts';
import { record as ttbrDecoy } from './arm64.ttbr.decoy/record.ts';
import { truth as ttbrDecoyTruth } from './arm64.ttbr.decoy/truth.ts';
import { record as vbarRedirect } from './arm64.vbar.redirect/record.ts';
import { truth as vbarRedirectTruth } from './arm64.vbar.redirect/truth.ts';
import { record as vmiCodePatch } from './arm64.vmi.code-patch/record.ts';
import { truth as vmiCodePatchTruth } from './arm64.vmi.code-patch/truth.ts';
import { record as vmiDataHijack } from './arm64.vmi.data-hijack/record.ts';
import { truth as vmiDataHijackTruth } from './arm64.vmi.data-hijack/truth.ts';
import { record as vttbrSwap } from './arm64.vttbr.swap/record.ts';
import { truth as vttbrSwapTruth } from './arm64.vttbr.swap/truth.ts';
import { record as atra } from './guest.atra/record.ts';
import { truth as atraTruth } from './guest.atra/truth.ts';
import { record as evolutionary } from './guest.dkom.evolutionary/record.ts';
import { truth as evolutionaryTruth } from './guest.dkom.evolutionary/truth.ts';
import { record as moduleUnlink } from './guest.dkom.module-unlink/record.ts';
import { truth as moduleUnlinkTruth } from './guest.dkom.module-unlink/truth.ts';
import { record as taskUnlink } from './guest.dkom.task-unlink/record.ts';
import { truth as taskUnlinkTruth } from './guest.dkom.task-unlink/truth.ts';
import { record as dksm } from './guest.dksm/record.ts';
import { truth as dksmTruth } from './guest.dksm/truth.ts';
import { record as codeInject } from './guest.process.code-inject/record.ts';
import { truth as codeInjectTruth } from './guest.process.code-inject/truth.ts';
import { record as syscallHook } from './guest.syscall.hook/record.ts';
import { truth as syscallHookTruth } from './guest.syscall.hook/truth.ts';
import { record as textPatch } from './guest.text.patch/record.ts';
import { truth as textPatchTruth } from './guest.text.patch/truth.ts';
import { record as timingProbe } from './guest.timing-probe/record.ts';
import { truth as timingProbeTruth } from './guest.timing-probe/truth.ts';
import { record as guestTransient } from './guest.transient/record.ts';
import { truth as guestTransientTruth } from './guest.transient/truth.ts';
import { record as vbarHook } from './guest.vbar.hook/record.ts';
import { truth as vbarHookTruth } from './guest.vbar.hook/truth.ts';
import type { AttackRecord } from './record.ts';
import type { RelayStrategy } from './relay.ts';
import type { Truth } from './truth.ts';

export interface Attack {
  readonly record: AttackRecord;
  readonly truth: Truth;
  /** What the host does to the reports that it carries, by variant; the others let them pass. */
  readonly relays?: Readonly<Record<string, RelayStrategy>>;
}

/** All attacks, by id. */
export const ATTACKS: readonly Attack[] = [
  { record: bootTamperedVmm, truth: bootTamperedVmmTruth },
  { record: fifoOverflow, truth: fifoOverflowTruth },
  { record: pstate, truth: pstateTruth },
  { record: hcrClearVm, truth: hcrClearVmTruth },
  { record: mmuOff, truth: mmuOffTruth },
  { record: walkToctou, truth: walkToctouTruth },
  { record: reportDrop, truth: reportDropTruth, relays: reportDropRelays },
  { record: reportForge, truth: reportForgeTruth, relays: reportForgeRelays },
  { record: reportReplay, truth: reportReplayTruth, relays: reportReplayRelays },
  { record: secureRamDma, truth: secureRamDmaTruth },
  { record: secureRamRead, truth: secureRamReadTruth },
  { record: smcFuzz, truth: smcFuzzTruth },
  { record: pointerConfusion, truth: pointerConfusionTruth },
  { record: doubleMap, truth: doubleMapTruth },
  { record: transient, truth: transientTruth },
  { record: ttbrDecoy, truth: ttbrDecoyTruth },
  { record: vbarRedirect, truth: vbarRedirectTruth },
  { record: vmiCodePatch, truth: vmiCodePatchTruth },
  { record: vmiDataHijack, truth: vmiDataHijackTruth },
  { record: vttbrSwap, truth: vttbrSwapTruth },
  { record: taskUnlink, truth: taskUnlinkTruth },
  { record: syscallHook, truth: syscallHookTruth },
  { record: moduleUnlink, truth: moduleUnlinkTruth },
  { record: textPatch, truth: textPatchTruth },
  { record: vbarHook, truth: vbarHookTruth },
  { record: atra, truth: atraTruth },
  { record: dksm, truth: dksmTruth },
  { record: evolutionary, truth: evolutionaryTruth },
  { record: codeInject, truth: codeInjectTruth },
  { record: guestTransient, truth: guestTransientTruth },
  { record: timingProbe, truth: timingProbeTruth },
];

/** An attack by its id, or undefined. */
export function attackNamed(id: string): Attack | undefined {
  return ATTACKS.find((attack) => attack.record.id === id);
}

import { describe, expect, test } from 'vitest';
import { ATTACKS } from '../../attacks/index.ts';
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { compose } from '../../scenarios/compose.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { override } from '../../scenarios/override.ts';
import { runScenario } from '../../scenarios/run.ts';

const store = new FirmwareStore();
const alone = (id: string) => override(scenarioNamed(id), { noMonitor: true });

/** Another attack, which does something else in the same machine. */
const OTHER: Readonly<Record<string, string>> = {
  'arm64.boot.tampered-vmm': 'arm64.vttbr.swap',
  'arm64.hcr.clear-vm': 'arm64.vbar.redirect',
  'arm64.report.drop': 'arm64.vbar.redirect',
  'arm64.report.forge': 'arm64.vbar.redirect',
  'arm64.report.replay': 'arm64.vbar.redirect',
  'arm64.escape.fifo-overflow': 'guest.syscall.hook',
  'arm64.escape.pstate': 'guest.syscall.hook',
  'arm64.mmu.off': 'arm64.vbar.redirect',
  'arm64.race.walk-toctou': 'arm64.vbar.redirect',
  'arm64.secure-ram.dma': 'arm64.vmi.code-patch',
  'arm64.smc.pointer-confusion': 'arm64.secure-ram.read',
  'arm64.stage2.double-map': 'arm64.vbar.redirect',
  'arm64.transient.between-polls': 'arm64.vbar.redirect',
  'arm64.ttbr.decoy': 'guest.syscall.hook',
  'arm64.secure-ram.read': 'arm64.vmi.code-patch',
  'arm64.smc.fuzz': 'arm64.vttbr.swap',
  'arm64.vbar.redirect': 'arm64.vttbr.swap',
  'arm64.vmi.code-patch': 'arm64.vmi.data-hijack',
  'arm64.vmi.data-hijack': 'arm64.vmi.code-patch',
  'arm64.vttbr.swap': 'arm64.vbar.redirect',
  'guest.dkom.task-unlink': 'guest.syscall.hook',
  'guest.dkom.module-unlink': 'guest.dkom.task-unlink',
  'guest.text.patch': 'guest.syscall.hook',
  'guest.vbar.hook': 'guest.syscall.hook',
  'guest.atra': 'guest.syscall.hook',
  'guest.dksm': 'guest.dkom.task-unlink',
  'guest.dkom.evolutionary': 'guest.dksm',
  'guest.process.code-inject': 'guest.text.patch',
  'guest.transient': 'guest.syscall.hook',
  'guest.timing-probe': 'guest.syscall.hook',
  'guest.syscall.hook': 'guest.dkom.task-unlink',
};

describe('ground truth sees its own attack alone', () => {
  test.each(ATTACKS.map(({ record }) => record.id))('%s does not succeed where another attack does', async (id) => {
    const composition = compose(alone(OTHER[id]), store);
    const result = await runScenario(alone(id), { composition });
    expect(result.end).toBe('power-off');
    expect(result.effect).not.toBe('succeeded');
  });

  // What was written to flash before reset is due from the first instruction on.
  const later = ATTACKS.filter(({ record }) => record.position !== 'boot');
  test.each(later.map(({ record }) => record.id))('%s has no effect before it is due', async (id) => {
    const result = await runScenario({ ...alone(id), runTicks: 12, attackTick: 1000 }, { store });
    expect(result).toMatchObject({ effect: 'no-effect', detection: 'missed', agrees: false });
  });
});

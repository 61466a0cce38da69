/** What tvmi must do on any machine that has the board, the TZC apart: run by the unit tests on ours, and on QEMU. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Driver } from '../../peers/driver.ts';
import { type RunConfig, WORKLOADS } from '../../scenarios/config.ts';
import { buildModules, type Modules } from './firmware-rom.ts';
import { buildTvmi, runTvmi, type TvmiRun, tvmiRom } from './tvmi-rom.ts';

/** Registers whose MSR only the monitor may execute, with the name that its report gives. */
const PRIVILEGED = {
  SCTLR_EL2: 'sctlr-el2',
  HCR_EL2: 'hcr-el2',
  TTBR0_EL2: 'ttbr0-el2',
  TCR_EL2: 'tcr-el2',
  VTTBR_EL2: 'vttbr-el2',
  VTCR_EL2: 'vtcr-el2',
  ESR_EL2: 'esr-el2',
  MAIR_EL2: 'mair-el2',
  VBAR_EL2: 'vbar-el2',
} as const;

const vmmModule = (body: string) =>
  '#include <rw/page_table.h>\n#include <rw/psci.h>\n#include <rw/sysreg.h>\n#include <rw/tvmi_smc.h>\n' +
  '#include <rw/vmm_api.h>\n' +
  '#define WRITE(which, value) (int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_##which, (value), 0)\n' +
  `int module_entry(const struct rw_vmm_api *api) { (void)api; ${body} }\n`;
const guestModule = (body: string) =>
  '#include <rw/guest_api.h>\n#include <rw/sysreg.h>\n' +
  `int module_entry(const struct rw_guest_api *api) { (void)api; ${body} }\n`;

/** Ends the run of a guest that the module wrecked. */
const WRECKED_TICKS = 4000;

/** Guest 1's level 2 table, and an entry of it that would map guest 0's memory. */
const STAGE2 =
  'uint64_t *l1 = (uint64_t *)api->guests[1].stage2_root; uint64_t *slot = (uint64_t *)(l1[1] & PT_ADDRESS) + 1;' +
  'const uint64_t foreign = (*slot & ~(PT_ADDRESS & ~(PT_BLOCK_2M - 1))) | (api->guests[0].ram + PT_BLOCK_2M);';
const show = (...calls: string[]) =>
  `api->print("vmm: answers ${calls.map(() => '%d').join(' ')}\\n", ${calls.join(', ')}); return 0;`;

const MODULES = {
  ...Object.fromEntries(
    Object.keys(PRIVILEGED).map((name) => [
      `writes-${name}`,
      vmmModule(`if (api == 0) write_sysreg(${name}, 0); return 0;`),
    ]),
  ),
  harmless: vmmModule(
    '__asm__ volatile("tlbi alle2\\n at s1e2r, %0\\n dsb sy\\n isb" : : "r"(api)); write_sysreg(ELR_EL2, read_sysreg(ELR_EL2)); return 5;',
  ),
  'asks-registers': vmmModule(
    show(
      'WRITE(HCR, read_sysreg(HCR_EL2) & ~HCR_VM)',
      'WRITE(HCR, read_sysreg(HCR_EL2) & ~HCR_TVM)',
      'WRITE(HCR, read_sysreg(HCR_EL2) | RW_BIT(27))',
      'WRITE(SCTLR, read_sysreg(SCTLR_EL2) & ~SCTLR_M)',
      'WRITE(SCTLR, read_sysreg(SCTLR_EL2) & ~SCTLR_WXN)',
      'WRITE(TTBR0, 0x41008000)',
      'WRITE(VBAR, read_sysreg(VBAR_EL2) + 0x800)',
      'WRITE(VTTBR, *api->guests[0].vttbr + 0x1000)',
      'WRITE(VTTBR, *api->guests[0].vttbr ^ (3ull << 48))',
      'WRITE(VTCR, read_sysreg(VTCR_EL2) ^ 1)',
      'WRITE(TCR, read_sysreg(TCR_EL2) ^ 1)',
      'WRITE(MAIR, 0)',
      '(int)rw_smc(RW_SMC_EL2_WRITE, RW_EL2_REGISTERS, 0, 0)',
    ),
  ),
  'asks-same': vmmModule(
    show(
      'WRITE(SCTLR, read_sysreg(SCTLR_EL2))',
      'WRITE(VBAR, read_sysreg(VBAR_EL2))',
      'WRITE(TTBR0, read_sysreg(TTBR0_EL2))',
      'WRITE(HCR, read_sysreg(HCR_EL2))',
      'WRITE(VTTBR, read_sysreg(VTTBR_EL2))',
    ),
  ),
  'asks-entries': vmmModule(
    STAGE2 +
      show(
        '(int)rw_smc(RW_SMC_STAGE2_STORE, (uint64_t)slot, foreign, 0)',
        '(int)rw_smc(RW_SMC_STAGE2_STORE, (uint64_t)slot, (foreign & 0xfff) | RW_SECURE_CARVE_OUT, 0)',
        '(int)rw_smc(RW_SMC_STAGE2_STORE, (uint64_t)slot, (foreign & 0xfff) | RW_VMM_IMAGE, 0)',
        'api->map(0x61000000, RW_VMM_IMAGE, RW_PAGE_SIZE, RW_VMM_MAP_WRITE)',
        'api->map(0x61001000, RW_VMM_TABLES, RW_PAGE_SIZE, RW_VMM_MAP_WRITE)',
        'api->map(0x61002000, api->guests[0].ram, RW_PAGE_SIZE, RW_VMM_MAP_EXECUTE)',
        '(int)rw_smc(RW_SMC_STAGE2_SHARE, api->guests[0].ram, 2, 0)',
      ),
  ),
  'stores-entry': vmmModule(
    `${STAGE2} const uint64_t old = *slot; *(volatile uint64_t *)slot = foreign; return *(volatile uint64_t *)slot != old ? 7 : 8;`,
  ),
  pointers: vmmModule(
    show(
      '(int)rw_smc(RW_SMC_STATUS, RW_SECURE_RAM + 0x800000, 16, 0)',
      '(int)rw_smc(RW_SMC_STAGE1_STORE, RW_SECURE_RAM + 0x800000, 0, 0)',
      '(int)rw_smc(RW_SMC_STAGE2_STORE, RW_SECURE_CARVE_OUT + 0x800000, 0, 0)',
    ),
  ),
  'wild-pointers': vmmModule(
    show(
      '(int)rw_smc(RW_SMC_STATUS, ~0xfull, 16, 0)',
      '(int)rw_smc(RW_SMC_STATUS, 4, 16, 0)',
      '(int)rw_smc(RW_SMC_STAGE2_STORE, ~7ull, 0, 0)',
      '(int)rw_smc(RW_SMC_MODULE_LOAD, ~0xfffull, 0x1000, ~0ull)',
      '(int)rw_smc(RW_SMC_MODULE_LOAD, RW_VMM_MODULES + 0x10000, 0x1000, 0x1000)',
      '(int)rw_smc(RW_SMC_STAGE2_CREATE, RW_VMM_TABLES + RW_VMM_TABLES_SIZE - 0x1000, 0, 0)',
      '(int)rw_smc(RW_SMC_STAGE2_CREATE, api->guests[0].stage2_root, 1, 0)',
      '(int)rw_smc(0xc30000ff, 0, 0, 0)',
    ),
  ),
  'starts-cpu': vmmModule('return (int)psci_call(PSCI_CPU_ON, 1, RW_VMM_MODULES, 0);'),
  translation: guestModule(
    'const uint64_t ttbr1 = read_sysreg(TTBR1_EL1), tcr = read_sysreg(TCR_EL1), mair = read_sysreg(MAIR_EL1);' +
      'write_sysreg(TTBR1_EL1, ttbr1 | RW_BIT(48)); write_sysreg(TCR_EL1, tcr ^ RW_BIT(37)); write_sysreg(MAIR_EL1, mair ^ 0xff0000);' +
      'isb(); api->print("changed %d %d %d\\n", read_sysreg(TTBR1_EL1) != ttbr1, read_sysreg(TCR_EL1) != tcr, read_sysreg(MAIR_EL1) != mair); return 0;',
  ),
  'mmu-off': guestModule(
    'write_sysreg(SCTLR_EL1, read_sysreg(SCTLR_EL1) & ~SCTLR_M); isb(); api->print("MMU %s\\n", read_sysreg(SCTLR_EL1) & SCTLR_M ? "on" : "off"); return 0;',
  ),
  decoy: guestModule(
    'const uint64_t own = read_sysreg(TTBR0_EL1); write_sysreg(TTBR0_EL1, own + 0x1000); isb(); write_sysreg(TTBR0_EL1, own); isb(); return 0;',
  ),
  'far-table': guestModule(
    'const uint64_t own = read_sysreg(TTBR0_EL1); write_sysreg(TTBR0_EL1, 0x80000000); isb(); api->print("table %s\\n", read_sysreg(TTBR0_EL1) == own ? "kept" : "changed"); write_sysreg(TTBR0_EL1, own); isb(); return 0;',
  ),
  // Interrupts are masked here, so nothing but a poll comes by while the guest's own time passes.
  vectors: guestModule(
    'const uint64_t own = read_sysreg(VBAR_EL1), end = read_sysreg(CNTVCT_EL0) + 100000; write_sysreg(VBAR_EL1, own + 0x1000);' +
      'isb(); while (read_sysreg(CNTVCT_EL0) < end) isb(); write_sysreg(VBAR_EL1, own); isb(); return 0;',
  ),
} as const;

/** The cases, on one engine. */
export function tvmiCases(driver: Driver): void {
  let modules: Map<string, Uint8Array>;
  beforeAll(async () => {
    await buildTvmi();
    modules = await buildModules(MODULES);
  }, 240_000);

  const boot = (config: Partial<RunConfig> = {}, more: Modules = {}): Promise<TvmiRun> =>
    runTvmi(driver, tvmiRom(config, more), config.cpus ?? 1, !config.ablations?.includes('no-nonce'));
  const withVmmModule = (name: string, config: Partial<RunConfig> = {}) =>
    boot({ attackTick: 2, ...config }, { vmm: modules.get(name)! });
  const withGuestModule = (name: string, config: Partial<RunConfig> = {}) =>
    boot(
      { attackTick: 1, workload: 'compute', workloadRounds: 20, secureTimerPeriod: 8192, ...config },
      { guest: modules.get(name)! },
    );
  const answers = (run: TvmiRun) =>
    run.lines
      .find((line) => line.startsWith('vmm: answers '))
      ?.split(' ')
      .slice(2)
      .map(Number);

  describe('a run without an attack', () => {
    test.each(WORKLOADS)(
      'workload %s: complete from boot to bye, silent, and both guests end well',
      async (workload) => {
        const run = await boot({ workload });
        expect(run.reports.faults).toEqual([]);
        expect(run.alarms).toEqual([]);
        expect(run.reports.reports[0]).toMatchObject({ id: 'boot', sequence: 0 });
        expect(run.reports.reports.filter(({ id }) => id === 'ok').length).toBeGreaterThan(1);
        for (const guest of [0, 1]) expect(run.lines).toContain(`vmm: guest ${guest} shut down, code 0`);
      },
    );

    test('the agent saw the tasks of the guests, and the boot report names the hash of each stage', async () => {
      const { reports } = await boot();
      const last = reports.reports.findLast(({ id }) => id === 'ok')!;
      expect(Number.parseInt(last.values.tasks!, 16)).toBeGreaterThan(0);
      for (const stage of ['config', 'vmm', 'guest0', 'guest1', 'agent']) {
        expect(reports.reports[0]!.values[stage]).toMatch(/^[0-9a-f]{64}$/);
      }
      expect(reports.reports[0]!.values).not.toHaveProperty('key');
    });

    test('with two CPUs too', async () => {
      const run = await boot({ cpus: 2 });
      expect([run.reports.complete, run.alarms]).toEqual([true, []]);
    });

    test.each([
      'no-smc-rewrite',
      'no-tvm',
      'writable-stage2',
      'polling-only',
      'no-nonce',
      'no-argument-check',
      'no-hold',
    ] as const)('ablation %s does not raise an alarm by itself', async (ablation) => {
      const run = await boot({ ablations: [ablation] });
      expect([run.reports.complete, run.alarms]).toEqual([true, []]);
    });

    test('without its nonce a session does not pass for one with a nonce', async () => {
      const run = await runTvmi(driver, tvmiRom({ ablations: ['no-nonce'] }));
      expect(run.reports.reports).toEqual([]);
      expect(run.reports.faults[0]!.kind).toBe('replayed');
    });
  });

  describe('measured boot', () => {
    test.each(['directory', 'config', 'vmm', 'guest0', 'agent'])(
      'a changed %s stops it with a report',
      async (stage) => {
        const run = await runTvmi(driver, tvmiRom({ attackTick: 0 }, {}, { stage, offset: 100 }));
        expect(run.alarms).toEqual(['boot.measurement']);
        expect(run.reports.alarms[0]!.values.stage).toBe(stage);
        expect(run.reports.complete).toBe(true);
        expect(run.lines).toContain('el3: stopped: measured boot');
        expect(run.lines).not.toContain('el3: entering EL2');
      },
    );

    test('without it a changed stage runs', async () => {
      const config = { ablations: ['no-measured-boot'] } as const;
      const run = await runTvmi(driver, tvmiRom(config, {}, { stage: 'guest0', offset: 8 }));
      expect(run.lines).toContain('el3: entering EL2');
      expect(run.alarms).not.toContain('boot.measurement');
    });
  });

  describe('a module at EL2', () => {
    test.each(Object.entries(PRIVILEGED))('that holds MSR %s is refused and named', async (register, name) => {
      const run = await withVmmModule(`writes-${register}`);
      expect(run.lines).toContain('vmm: module test: refused');
      expect(run.reports.alarms.map(({ id, values }) => [id, values.instruction])).toEqual([
        ['el2.module.refused', `msr-${name}`],
      ]);
    });

    test('that holds nothing of the kind runs, and no alarm is raised', async () => {
      const run = await withVmmModule('harmless');
      expect(run.lines).toContain('vmm: module test: returned 5');
      expect(run.alarms).toEqual([]);
    });

    test('that asks for other values of EL2 registers is denied each one', async () => {
      const run = await withVmmModule('asks-registers');
      expect(answers(run)).toEqual([...Array<number>(12).fill(-2), -3]);
      expect(run.alarms).toEqual([
        'el2.hcr.denied',
        'el2.sctlr.denied',
        'el2.ttbr0.denied',
        'el2.vbar.denied',
        'el2.vttbr.denied',
        'el2.vtcr.denied',
        'el2.tcr.denied',
        'el2.mair.denied',
      ]);
    });

    test('that asks for the values that stand gets them', async () => {
      const run = await withVmmModule('asks-same');
      expect(answers(run)).toEqual([0, 0, 0, 0, 0]);
      expect(run.alarms).toEqual([]);
    });

    test("cannot have another guest's frame, the carve-out or the VMM mapped, nor write code or tables", async () => {
      const run = await withVmmModule('asks-entries');
      expect(answers(run)).toEqual([-2, -2, -2, -2, -2, -2, -2]);
      expect(run.alarms).toEqual(['el2.stage2.denied', 'el2.stage1.denied']);
    });

    test('that stores to a table aborts, and its VMM says so to EL3', async () => {
      const run = await withVmmModule('stores-entry');
      expect(run.lines).toContain('vmm: module test: aborted');
      expect(run.alarms).toEqual(['el2.fault']);
    });

    test.each(['writable-stage2', 'no-smc-rewrite'] as const)('with %s the store succeeds unseen', async (ablation) => {
      const run = await withVmmModule('stores-entry', { ablations: [ablation], runTicks: WRECKED_TICKS });
      expect(run.lines).toContain('vmm: module test: returned 7');
      expect(run.alarms).toEqual([]);
    });

    test('that points into secure memory is denied; without the argument check EL3 writes there', async () => {
      const run = await withVmmModule('pointers');
      expect(answers(run)).toEqual([-2, -2, -2]);
      expect(run.alarms).toEqual(['secure-call.pointer']);
      const open = await withVmmModule('pointers', { ablations: ['no-argument-check'] });
      expect([answers(open), open.alarms]).toEqual([[0, 0, 0], []]);
    });

    test('that makes senseless calls gets an error for each, and EL3 stays up', async () => {
      const run = await withVmmModule('wild-pointers');
      expect(answers(run)).toEqual([-2, -3, -2, -2, -4, -3, -4, -1]);
      expect(run.reports.complete).toBe(true);
      expect(run.lines).toContain('vmm: guest 1 shut down, code 0');
    });

    test('cannot bring up a CPU, which would begin with its MMU off', async () => {
      expect((await withVmmModule('starts-cpu')).lines).toContain('vmm: module test: returned -2');
    });
  });

  describe("a module of guest 0's kernel", () => {
    test('cannot move TTBR1, TCR or MAIR: the write is dropped', async () => {
      const run = await withGuestModule('translation');
      expect(run.lines).toContain('g0: changed 0 0 0');
      expect(run.alarms).toEqual(['guest.ttbr.denied', 'guest.translation.denied']);
    });

    test('without TVM it can, and the next poll sees it', async () => {
      const run = await withGuestModule('translation', { ablations: ['no-tvm'], attackTick: 20 });
      expect(run.lines).toContain('g0: changed 1 1 1');
      const changed = run.reports.alarms.filter(({ id }) => id === 'guest.translation').map(({ values }) => values);
      // One each for TTBR1_EL1, TCR_EL1 and MAIR_EL1.
      expect(changed).toHaveLength(3);
      expect(changed.map(({ expected }) => expected)).toContain('44ff00');
    });

    test('cannot turn its MMU off', async () => {
      const run = await withGuestModule('mmu-off');
      expect(run.lines).toContain('g0: MMU on');
      expect(run.alarms).toEqual(['guest.sctlr.denied']);
      expect(run.lines).toContain('vmm: guest 0 shut down, code 0');
    });

    test('on tables that no task owns is seen at once, however short; by polling alone it is not', async () => {
      expect((await withGuestModule('decoy')).alarms).toEqual(['guest.table-unknown']);
      expect((await withGuestModule('decoy', { ablations: ['polling-only'] })).alarms).toEqual([]);
      expect((await withGuestModule('decoy', { ablations: ['no-tvm'] })).alarms).toEqual([]);
    });

    test('cannot point TTBR0 outside of its own memory', async () => {
      const run = await withGuestModule('far-table');
      expect(run.lines).toContain('g0: table kept');
      expect(run.alarms).toContain('guest.ttbr.denied');
    });

    test('with other vectors is seen at a poll', async () => {
      expect((await withGuestModule('vectors')).alarms).toEqual(['guest.vbar']);
    });
  });
}

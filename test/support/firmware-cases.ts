/** What the plain firmware must do on any machine that has the board: run by the unit tests on ours, and on QEMU. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Driver } from '../../peers/driver.ts';
import type { RunConfig } from '../../scenarios/config.ts';
import { bootLines, buildModules, buildPlain, type Modules, plainRom, romWithoutVmm } from './firmware-rom.ts';

const MASK = (1n << 64n) - 1n;
const FNV_START = 0xcbf29ce484222325n;
const fnv = (hash: bigint, value: bigint) => ((hash ^ value) * 0x100000001b3n) & MASK;
const hex = (hash: bigint) => hash.toString(16).padStart(16, '0');

/** The pipe workload by its definition: FNV-1a over the low bytes of xorshift64. */
function pipeChecksum(seed: bigint, rounds: number): string {
  let state = seed | 1n;
  let hash = FNV_START;
  for (let i = 0; i < rounds * 512; i++) {
    state = (state ^ (state << 13n)) & MASK;
    state ^= state >> 7n;
    state = (state ^ (state << 17n)) & MASK;
    hash = fnv(hash, state & 0xffn);
  }
  return hex(hash);
}

/** The page-fault workload: fresh pages read as zero, then as what was stored. */
function faultChecksum(seed: bigint, rounds: number): string {
  let hash = FNV_START;
  for (let i = 0; i < rounds * 8; i++) hash = fnv(fnv(hash, 0n), seed + BigInt(i % 8));
  return hex(hash);
}

const vmmModule = (body: string) =>
  `#include <rw/vmm_api.h>\n#include <rw/guest_layout.h>\n#include <rw/psci.h>\nint module_entry(const struct rw_vmm_api *api) { (void)api; ${body} }\n`;
const guestModule = (body: string) =>
  `#include <rw/guest_api.h>\n#include <rw/psci.h>\n#include <rw/sysreg.h>\n` +
  `#define AT(address) (*(volatile uint64_t *)(address))\n#define AT32(address) (*(volatile uint32_t *)(address))\n` +
  `int module_entry(const struct rw_guest_api *api) { ${body} }\n`;

const FIFO = 'RW_GUEST_LINEAR_VA + RW_GUEST_IPA_FIFO';

const MODULES = {
  returns: vmmModule('api->print("vmm: from the module, %u guests\\n", api->guest_count); return 7;'),
  'writes-text': vmmModule('*(volatile uint32_t *)api->check_start = 0; return 0;'),
  'runs-data': vmmModule('static volatile uint32_t code[1]; code[0] = 0xd65f03c0; ((void (*)(void))code)(); return 0;'),
  'reads-hole': vmmModule('return *(volatile int *)0x70000000;'),
  'maps-alias': vmmModule(
    'if (api->map(0x60000000, api->check_start & ~0xfffull, 0x1000, RW_VMM_MAP_READ) != 0) return 1;' +
      'return *(volatile uint32_t *)(0x60000000 + (api->check_start & 0xfff)) == *(volatile uint32_t *)api->check_start ? 2 : 3;',
  ),
  // The last word of the text is padding that nothing executes.
  'changes-guest': vmmModule(
    'uint64_t at = api->guests[0].ram; while (*(uint64_t *)at != RW_GUEST_LAYOUT_MAGIC) at += 8;' +
      'const uint64_t end = ((const struct rw_guest_layout *)at)->text_end - RW_GUEST_LINEAR_VA - RW_GUEST_IPA_RAM;' +
      '*(volatile uint32_t *)(api->guests[0].ram + end - 4) ^= 1; return 0;',
  ),
  'psci-answers': vmmModule(
    'api->print("vmm: psci %lx %ld %ld %ld %ld\\n", psci_call(PSCI_VERSION, 0, 0, 0), psci_call(PSCI_FEATURES, PSCI_CPU_ON, 0, 0),' +
      ' psci_call(PSCI_FEATURES, 0x84000001, 0, 0), psci_call(PSCI_CPU_ON, 0, 0, 0), psci_call(PSCI_AFFINITY_INFO, 9, 0, 0)); return 0;',
  ),
  'psci-reset-off': vmmModule('psci_call(PSCI_SYSTEM_OFF, 0, 0, 0); return 0;'),
  hypercalls: guestModule(
    'int64_t (*hvc)(uint64_t, uint64_t, uint64_t, uint64_t) = api->hypercall; const uint64_t ram = RW_GUEST_IPA_RAM;' +
      'api->print("unknown %ld\\n", hvc(RW_HVC_BASE + RW_HVC_COUNT, 0, 0, 0));' +
      'api->print("console %ld %ld %ld\\n", hvc(RW_HVC_CONSOLE_WRITE, 0x3fffffff, 1, 0),' +
      ' hvc(RW_HVC_CONSOLE_WRITE, ram + RW_GUEST_RAM_SIZE - 1, 2, 0), hvc(RW_HVC_CONSOLE_WRITE, ram, RW_HVC_TEXT_MAX + 1, 0));' +
      'api->print("share %ld %ld %ld\\n", hvc(RW_HVC_MEMORY_SHARE, ram, 0, 0), hvc(RW_HVC_MEMORY_SHARE, ram, 2, 0),' +
      ' hvc(RW_HVC_MEMORY_SHARE, ram + 1, 1, 0));' +
      'api->print("exchange %ld %ld\\n", hvc(RW_HVC_MEMORY_EXCHANGE, ram, RW_HVC_EXCHANGE_MAX + 1, 0),' +
      ' hvc(RW_HVC_MEMORY_EXCHANGE, ram, 1, 0));' +
      'api->print("event %ld\\n", hvc(RW_HVC_EVENT_SEND, 2, 0, 0));' +
      'api->print("smc %ld\\n", psci_call(PSCI_SYSTEM_OFF, 0, 0, 0)); return 0;',
  ),
  'fifo-flood': guestModule(
    `AT32(${FIFO} + RW_FIFO_DATA) = RW_FIFO_CMD_DRIVE_SPEC; for (int i = 0; i < 15; i++) AT32(${FIFO} + RW_FIFO_DATA) = 1;` +
      `AT32(${FIFO} + RW_FIFO_DATA) = 1; AT32(${FIFO} + RW_FIFO_DATA) = RW_FIFO_CMD_SENSE;` +
      `uint32_t status = AT32(${FIFO}), first = AT32(${FIFO} + RW_FIFO_DATA), second = AT32(${FIFO} + RW_FIFO_DATA);` +
      `api->print("fifo %x %x %x, then %x\\n", status, first, second, AT32(${FIFO})); return 0;`,
  ),
  // x19-x30 are what they are, so that the code behind the label goes on as the code before it.
  context: guestModule(
    'static struct rw_hvc_context context; uint64_t x5, answer; const uint64_t ipa = (uint64_t)&context - RW_GUEST_LINEAR_VA;' +
      'const uint64_t modes[] = {SPSR_M_EL2H, SPSR_M_EL3H, 0x13, SPSR_M_EL1H | RW_BIT(21)}; int64_t refused[4];' +
      'for (int i = 0; i < 4; i++) { context.pstate = modes[i]; refused[i] = api->hypercall(RW_HVC_CONTEXT_LOAD, ipa, 0, 0); }' +
      'api->print("refused %ld %ld %ld %ld\\n", refused[0], refused[1], refused[2], refused[3]);' +
      'api->print("far %ld\\n", api->hypercall(RW_HVC_CONTEXT_LOAD, RW_GUEST_IPA_RAM + RW_GUEST_RAM_SIZE - 8, 0, 0));' +
      'context.pstate = SPSR_M_EL1H | SPSR_DAIF; context.x[0] = 1; context.x[5] = 77;' +
      '__asm__ volatile("adr x9, 1f; str x9, [%2, #248]; stp x19, x20, [%2, #152]; stp x21, x22, [%2, #168];"' +
      '"stp x23, x24, [%2, #184]; stp x25, x26, [%2, #200]; stp x27, x28, [%2, #216]; stp x29, x30, [%2, #232];"' +
      '"mov x0, %3; mov x1, %4; hvc #0; 1: mov %0, x5; mov %1, x0"' +
      ' : "=&r"(x5), "=&r"(answer) : "r"(&context), "r"((uint64_t)RW_HVC_CONTEXT_LOAD), "r"(ipa)' +
      ' : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",' +
      ' "x17", "x18", "memory", "cc");' +
      'api->print("loaded %lu %lu, build %ld\\n", answer, x5, api->hypercall(RW_HVC_VERSION, 0, 0, 0)); return 0;',
  ),
  'stage2-hole': guestModule('(void)api; return (int)AT(RW_GUEST_LINEAR_VA + RW_GUEST_IPA_SHARED + 0x1000);'),
  'stage1-hole': guestModule('(void)api; return (int)AT(RW_GUEST_LINEAR_VA + 0x70000000);'),
  'writes-kernel-text': guestModule('AT(api->layout->text_start) = 0; return 0;'),
};

/** The cases, on one engine. */
export function firmwareCases(driver: Driver): void {
  let modules: Map<string, Uint8Array>;
  beforeAll(async () => {
    await buildPlain();
    modules = await buildModules(MODULES);
  }, 240_000);

  const boot = (config: Partial<RunConfig> = {}, more: Modules = {}) => bootLines(driver, plainRom(config, more));
  const withVmmModule = (name: keyof typeof MODULES) => boot({ attackTick: 2 }, { vmm: modules.get(name)! });
  const withGuestModule = (name: keyof typeof MODULES) =>
    boot({ attackTick: 1, workload: 'compute', workloadRounds: 20 }, { guest: modules.get(name)! });

  describe('from reset to power off', () => {
    test('EL3 loads the bundle, the VMM starts both guests, their checksums come out, power goes off', async () => {
      const lines = (await boot({ workload: 'mixed', seed: 7n, workloadRounds: 3 })).filter(
        (l) => !l.includes('ours:'),
      );
      expect(lines.slice(0, 7)).toEqual([
        'el3: plain firmware',
        'el3: loaded vmm',
        'el3: loaded guest0',
        'el3: loaded guest1',
        'el3: entering EL2',
        'vmm: plain build',
        'vmm: 2 guests start',
      ]);
      for (const guest of [0, 1]) {
        expect(lines).toContain(`g${guest}: kernel up`);
        expect(lines).toContain(`g${guest}: fifo ok, exchange ok`);
        expect(lines).toContain(`g${guest}: pid 4 pagefault ${faultChecksum(10n, 3)}`);
        expect(lines).toContain(`g${guest}: pid 5 writer ${pipeChecksum(11n, 3)}`);
        expect(lines).toContain(`g${guest}: pid 6 reader ${pipeChecksum(11n, 3)}`);
        expect(lines).toContain(`vmm: guest ${guest} shut down, code 0`);
      }
      expect(lines).toContain('g1: message 7');
      expect(lines.slice(-3)).toEqual([
        'vmm: check: kernel text of guest 0 is sound',
        'vmm: power off',
        'el3: power off',
      ]);
    });

    test('the lines do not depend on the timer periods', async () => {
      expect(await boot({ vmmTickPeriod: 1700, guestTickPeriod: 1100 })).toEqual(await boot());
    });

    test('with two CPUs the second one runs guest 1, and the lines stay the same', async () => {
      const two = await bootLines(driver, plainRom({ cpus: 2 }), 2);
      expect(two).toContain('vmm: CPU 1 is up');
      expect(two.filter((line) => line !== 'vmm: CPU 1 is up')).toEqual(await boot());
    });

    test('the run ends at run_ticks although the guests still work', async () => {
      const lines = await boot({ runTicks: 3, workloadRounds: 1_000_000 });
      expect(lines.at(-1)).toBe('el3: power off');
      expect(lines.filter((line) => line.includes('shut down'))).toEqual([]);
    });

    test('a ROM without a VMM ends with one line that says so', async () => {
      expect(await bootLines(driver, romWithoutVmm())).toContain('el3: stopped: the bundle has no VMM');
    });
  });

  describe('a module of the VMM', () => {
    const GUESTS_DONE = ['vmm: guest 0 shut down, code 0', 'vmm: guest 1 shut down, code 0'];

    test('runs at its tick, prints, and its result is shown', async () => {
      const lines = await withVmmModule('returns');
      expect(lines).toEqual(expect.arrayContaining(['vmm: from the module, 2 guests', ...GUESTS_DONE]));
      expect(lines).toContain('vmm: module test: returned 7');
    });

    test.each(['writes-text', 'runs-data', 'reads-hole'] as const)(
      'that %s ends in an abort, and nothing else does',
      async (name) => {
        const lines = await withVmmModule(name);
        expect(lines).toEqual(expect.arrayContaining(['vmm: module test: aborted', ...GUESTS_DONE]));
        expect(lines).toContain('vmm: check: kernel text of guest 0 is sound');
      },
    );

    test('may map an alias of a page, and reads there what is in the page', async () => {
      expect(await withVmmModule('maps-alias')).toContain('vmm: module test: returned 2');
    });

    test("that changes a guest's kernel text is noticed by the conventional check", async () => {
      /* Long enough for the check, a page at a time, to come by. */
      const config = { attackTick: 2, vmmTickPeriod: 1000, workload: 'compute', workloadRounds: 8 } as const;
      const lines = await boot(config, { vmm: modules.get('changes-guest')! });
      expect(lines).toContain('vmm: check: kernel text of guest 0 was changed');
      expect(await boot(config)).toContain('vmm: check: kernel text of guest 0 is sound');
    });

    test('gets the answers of PSCI 1.0: version, features, a CPU that is on, one that is not there', async () => {
      expect(await withVmmModule('psci-answers')).toContain('vmm: psci 10000 0 -1 -4 -2');
    });

    test('can power the machine off by PSCI', async () => {
      const lines = await withVmmModule('psci-reset-off');
      expect(lines.slice(-2)).toEqual(['vmm: module test: loaded', 'el3: power off']);
    });
  });

  describe("a module of guest 0's kernel", () => {
    test('gets an error for every hypercall whose arguments are wrong, and none for EL3', async () => {
      expect(await withGuestModule('hypercalls')).toEqual(
        expect.arrayContaining([
          'g0: unknown -1',
          'g0: console -2 -2 -2',
          'g0: share -2 -2 -2',
          'g0: exchange -2 -2',
          'g0: event -2',
          'g0: smc -1',
          'vmm: guest 0 shut down, code 0',
        ]),
      );
    });

    test('may load registers of its own level, and none of a higher one', async () => {
      expect(await withGuestModule('context')).toEqual(
        expect.arrayContaining(['g0: refused -2 -2 -2 -2', 'g0: far -2', 'g0: loaded 1 77, build 0']),
      );
    });

    test('that floods the FIFO finds it empty again and working: its index is bounded', async () => {
      expect(await withGuestModule('fifo-flood')).toContain('g0: fifo 2 0 2a, then 1');
    });

    test('that touches an IPA without memory ends its guest, not the other one', async () => {
      const lines = await withGuestModule('stage2-hole');
      expect(lines).toContain('vmm: guest 0: access to IPA 41001000, where nothing is');
      expect(lines).toContain('vmm: guest 0 failed, code 36');
      expect(lines).toContain('vmm: guest 1 shut down, code 0');
    });

    test.each(['stage1-hole', 'writes-kernel-text'] as const)('that %s makes its kernel panic', async (name) => {
      const lines = await withGuestModule(name);
      expect(lines).toContain('g0: panic: exception in the kernel');
      expect(lines).toContain('vmm: guest 0 shut down, code 1');
      expect(lines).toContain('vmm: guest 1 shut down, code 0');
    });
  });
}

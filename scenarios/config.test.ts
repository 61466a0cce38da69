import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_RUN_CONFIG, encodeConfig, FIRMWARE_MONITORS, TVMI_ABLATIONS, WORKLOADS } from './config.ts';

const header = readFileSync(new URL('../firmware/lib/include/rw/config.h', import.meta.url), 'utf8');

/** `RW_PREFIX_SOME_NAME` of the C header, as `some-name`. */
const named = (symbol: string, prefix: string): string =>
  symbol.slice(prefix.length).toLowerCase().replaceAll('_', '-');

/** The words of the C structure, in order; an array counts as often as it has elements. */
function fieldsOfHeader(): string[] {
  const body = /struct rw_config \{([^}]*)\}/.exec(header)![1];
  return [...body.matchAll(/uint32_t (\w+)(?:\[(\d+)\])?;/g)].flatMap(([, name, count]) =>
    Array.from({ length: Number(count ?? 1) }, (_, index) => (count === undefined ? name : `${name}[${index}]`)),
  );
}

describe('the run configuration', () => {
  test('puts every value into the word that the C header gives it', () => {
    const bytes = encodeConfig({
      seed: 0x1122_3344_5566_7788n,
      workload: 'pipe',
      runTicks: 11,
      attackTick: 12,
      monitor: 'tvmi',
      ablations: ['no-tvm', 'no-measured-boot'],
      secureTimerPeriod: 13,
      cpus: 2,
      vmmTickPeriod: 14,
      guestTickPeriod: 15,
      workloadRounds: 16,
      attackCpu: 3,
      attackRounds: 17,
    });
    const view = new DataView(bytes.buffer);
    const words = Object.fromEntries(fieldsOfHeader().map((name, index) => [name, view.getUint32(index * 4, true)]));
    expect(bytes.length).toBe(fieldsOfHeader().length * 4);
    expect(words).toMatchObject({
      magic: 0x3143_5752,
      version: 1,
      seed_lo: 0x5566_7788,
      seed_hi: 0x1122_3344,
      workload: 4,
      run_ticks: 11,
      attack_tick: 12,
      monitor: 1,
      ablations: 0b1000_0100,
      secure_timer_period: 13,
      cpus: 2,
      vmm_tick_period: 14,
      guest_tick_period: 15,
      workload_rounds: 16,
      attack_cpu: 3,
      attack_rounds: 17,
      'reserved[0]': 0,
    });
  });

  test('names workloads, monitors and ablations in the order of the C header', () => {
    const workloads = [...header.matchAll(/\bRW_WORKLOAD_\w+/g)].map(([symbol]) => named(symbol, 'RW_WORKLOAD_'));
    const monitors = [...header.matchAll(/\bRW_MONITOR_\w+/g)].map(([symbol]) => named(symbol, 'RW_MONITOR_'));
    const ablations = [...header.matchAll(/#define (RW_ABLATION_\w+) \(1u << (\d+)\)/g)];
    expect(workloads).toEqual([...WORKLOADS]);
    expect(monitors).toEqual([...FIRMWARE_MONITORS]);
    expect(ablations.map(([, symbol]) => named(symbol, 'RW_ABLATION_'))).toEqual([...TVMI_ABLATIONS]);
    expect(ablations.map(([, , bit]) => Number(bit))).toEqual(TVMI_ABLATIONS.map((_, index) => index));
  });

  test('defaults to a benign run: no module is ever loaded', () => {
    expect(DEFAULT_RUN_CONFIG.attackTick).toBe(0);
    expect(DEFAULT_RUN_CONFIG.ablations).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { createVirt } from '../../emulator/boards/virt.ts';
import { type Verification, verifyReports } from '../../monitor/tvmi/verifier.ts';
import { mapRom } from '../../scenarios/bundle.ts';
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { compose } from '../../scenarios/compose.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { LAYOUT } from '../../scenarios/layout.ts';
import { Random } from '../differential/random.ts';
import { soakSeed } from '../support/soak-seed.ts';

/** A ROM with every stage that there is: VMM, both guests, agent, a module, configuration. */
const composition = compose(scenarioNamed('arm64.vttbr.swap'), new FirmwareStore());
const { directory, payloads } = mapRom(composition.rom);
/** In how many ranges of equal length each place is altered, once in each. */
const RANGES: Readonly<Record<string, number>> = {
  directory: 160,
  config: 64,
  vmm: 90,
  guest: 90,
  agent: 90,
  payload: 60,
};
const INSTRUCTIONS = 20_000_000;
const MIB = 2 ** 20;

interface Alteration {
  readonly stage: string;
  readonly offset: number;
  readonly change: number;
}

function alterations(random: Random): Alteration[] {
  return Object.entries(RANGES).flatMap(([stage, ranges]) => {
    const { size } = stage === 'directory' ? directory : payloads.get(stage)!;
    return Array.from({ length: ranges }, (_, index) => {
      const from = Math.floor((index * size) / ranges);
      const to = Math.max(from + 1, Math.floor(((index + 1) * size) / ranges));
      return { stage, offset: from + random.below(to - from), change: 1 + random.below(255) };
    });
  });
}

interface Boot {
  readonly stopped: boolean;
  readonly vmmRan: boolean;
  readonly reports: Verification;
}

function boot(rom: Uint8Array): Boot {
  const board = createVirt({ images: { bios: rom }, memoryBytes: 128 * MIB });
  let vmmRan = false;
  board.machine.watchExecution(Number(LAYOUT.vmm), MIB, () => {
    vmmRan = true;
    board.machine.stop({ kind: 'exit', code: 1, text: 'the VMM started' });
  });
  board.machine.run({ maxInstructions: INSTRUCTIONS });
  const { key, nonce } = composition;
  return {
    stopped: board.machine.stopReason?.code === 0,
    vmmRan,
    reports: verifyReports(board.secureConsole.text, { key, nonce }),
  };
}

function altered({ stage, offset, change }: Alteration): Uint8Array {
  const rom = composition.rom.slice();
  rom[(stage === 'directory' ? directory : payloads.get(stage)!).offset + offset] ^= change;
  return rom;
}

test('the ROM as it was built boots', () => {
  expect(boot(composition.rom)).toMatchObject({ vmmRan: true, stopped: false });
});

test('each byte range of each stage and of the directory, altered once, stops the boot with a report that names it', () => {
  const all = alterations(new Random(soakSeed('measured boot')));
  expect(all.length).toBeGreaterThanOrEqual(500);
  const wrong = all.filter((alteration) => {
    const { stopped, vmmRan, reports } = boot(altered(alteration));
    const [alarm] = reports.alarms;
    const named =
      reports.alarms.length === 1 && alarm.id === 'boot.measurement' && alarm.values.stage === alteration.stage;
    return !stopped || vmmRan || !reports.complete || !named;
  });
  console.log(`${all.length} alterations, ${all.length - wrong.length} stopped the boot with a report`);
  expect(wrong).toEqual([]);
});

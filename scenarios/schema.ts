/** What a scenario file may say. */
import { z } from 'zod';
import { DETECTIONS, EFFECTS } from '../attacks/record.ts';
import { DEFAULT_RUN_CONFIG as DEFAULT, WORKLOADS } from './config.ts';

const name = z.string().regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'lower-case words joined by dots and hyphens');

/** Ticks of the generic counter (62.5 MHz; 16 instructions each). */
const counterTicks = z.number().int().min(64).max(0xffff_ffff);

export const scenarioSchema = z.strictObject({
  /** Version of this schema. */
  schema: z.literal(1),
  name: name.describe('stable key of the scenario'),
  title: z.string().min(1).describe('in a sentence'),
  board: z.literal('virt').default('virt').describe('the machine'),
  vmm: z
    .enum(['auto', 'plain', 'tvmi'])
    .default('auto')
    .describe('build of the VMM; auto: the one that the monitor needs'),
  workload: z.enum(WORKLOADS).default('mixed').describe('what the guests do'),
  monitor: name.default('none').describe('a system, or none'),
  ablations: z.array(name).default([]).describe('protections of the monitor that are off'),
  attack: name.optional().describe('id of an attack; without one the run is benign'),
  variant: name.optional().describe("one of the attack's variants; the first where none is named"),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1).describe('decides every interleaving'),
  cpus: z.number().int().min(1).max(8).default(1).describe('CPUs of the board'),
  memory: z.number().int().min(128).max(2048).default(128).describe('MiB of RAM'),
  runTicks: z.number().int().min(1).max(1_000_000).default(DEFAULT.runTicks).describe('VMM timer ticks at the most'),
  attackTick: z.number().int().min(1).max(1_000_000).default(10).describe('VMM timer tick that lets the attack loose'),
  attackRounds: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(DEFAULT.attackRounds)
    .describe('how often an attack that repeats itself does so; 0: as it likes'),
  vmmTickPeriod: counterTicks.default(DEFAULT.vmmTickPeriod).describe('from one timer tick of the VMM to the next'),
  guestTickPeriod: counterTicks.default(DEFAULT.guestTickPeriod).describe('from one timer tick of a guest to the next'),
  secureTimerPeriod: counterTicks
    .default(DEFAULT.secureTimerPeriod)
    .describe("from one of the monitor's polls to the next"),
  workloadRounds: z.number().int().min(1).max(1_000_000).default(DEFAULT.workloadRounds).describe('repetitions'),
  limits: z
    .strictObject({
      instructions: z.number().int().min(1).default(400_000_000).describe('all CPUs together'),
    })
    .default({ instructions: 400_000_000 }),
  expected: z
    .strictObject({ effect: z.enum(EFFECTS).optional(), detection: z.enum(DETECTIONS) })
    .optional()
    .describe("what the verdict should be; without it, what the attack's record says"),
});

/** A scenario with every default filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;

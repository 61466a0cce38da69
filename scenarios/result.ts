/** The result line: one per run, the canonical record from which every other output is made. */
import { z } from 'zod';
import { DETECTIONS, EFFECTS } from '../attacks/record.ts';
import { scenarioSchema } from './schema.ts';
import { ENDS } from './verdict.ts';

const count = z.number().int().min(0);
/** By cost profile and bound, such as `juno-a57.mid`. */
const cycles = z.record(z.string().regex(/^[a-z0-9-]+\.(low|mid|high)$/), z.number());
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const resultSchema = z
  .strictObject({
    schema: z.literal(1).describe('version of this line'),
    run: hash.describe('run key: SHA-256 over images, configuration, scenario, seed and engine'),
    scenario: z.string(),
    system: z.string().describe('the monitor, or none'),
    ablations: z.array(z.string()),
    attack: z.string().nullable().describe('null in a benign run'),
    variant: z.string().nullable(),
    arch: z.enum(['arm64', 'x64']),
    seed: count,
    engine: z.string().describe('version of the engine that ran it and a hash of its sources'),
    image: z.record(z.string(), hash).describe('SHA-256 by image'),
    configuration: scenarioSchema.describe('everything that the run was made from, so that it can be run again'),
    expected: z.strictObject({
      effect: z.enum(EFFECTS).nullable(),
      detection: z.enum(DETECTIONS),
      orElse: z.enum(DETECTIONS).optional().describe('a race: other interleavings give this, as good'),
      end: z.enum(ENDS).optional().describe('where it is not power-off'),
      reason: z.string(),
    }),
    end: z.enum(ENDS).describe('how the machine stopped'),
    effect: z.enum(EFFECTS).nullable().describe('by ground truth; null in a benign run'),
    detection: z.enum(DETECTIONS),
    figures: z
      .record(z.string(), z.number())
      .optional()
      .describe("what the attack's ground truth measured beside its effect, by name and unit"),
    agrees: z.boolean().describe('the run ended in order, and both axes are the expected ones'),
    alarms: z.array(
      z.strictObject({
        id: z.string(),
        component: z.string(),
        instruction: count.describe('time at which the last byte of its report had left the machine'),
        cycles: cycles.describe('since power-on, idle time included'),
        cause: z.string(),
      }),
    ),
    latency: z
      .strictObject({ instructions: count, cycles })
      .nullable()
      .describe('from the first hostile instruction to the first alarm'),
    counts: z
      .record(z.string(), count)
      .describe('primitive events of all CPUs, by name (emulator/cost/counts.ts); what did not happen is left out'),
    cycles: cycles.describe('what the counts come to, idle time left out'),
    work: z
      .strictObject({ instructions: count, counts: z.record(z.string(), count), cycles })
      .nullable()
      .describe(
        'the same while the guests worked: from the first instruction of guest 0 until the last guest had shut down; ' +
          'null where it did not come to that',
      ),
    serial: z.record(z.string(), z.array(z.string())).describe('last lines of each console'),
    unimplemented: z.array(
      z.strictObject({
        kind: z.enum(['instruction', 'register', 'device', 'mode']),
        what: z.string(),
        section: z.string(),
        pc: z.string(),
        count,
      }),
    ),
  })
  .meta({ title: 'ringwarden result line', description: 'One line of JSON Lines output; one run.' });

export type Result = z.infer<typeof resultSchema>;

/** The JSON Schema of a result line, as shipped in docs/result.schema.json. */
export function resultJsonSchema(): object {
  return z.toJSONSchema(resultSchema, { io: 'output' });
}

/** One line, without the line break. The keys come in the order of the schema, whatever order the object has. */
export function resultLine(result: Result): string {
  return JSON.stringify(ordered(result));
}

function ordered(result: Result): Record<string, unknown> {
  const source = result as unknown as Record<string, unknown>;
  const keys = Object.keys(resultSchema.shape);
  return Object.fromEntries(keys.map((key) => [key, sortRecords(key, source[key])]));
}

const SORTED = new Set(['figures', 'image', 'counts', 'cycles', 'serial']);

function sortRecords(key: string, value: unknown): unknown {
  if (value === undefined || !SORTED.has(key)) return value;
  return Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

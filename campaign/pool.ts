/** Scenarios over worker threads. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure } from '../scenarios/errors.ts';
import { FirmwareStore } from '../scenarios/images.ts';
import { PACKAGE_ROOT } from '../scenarios/paths.ts';
import type { Scenario } from '../scenarios/schema.ts';
import type { Answer, Order, Outcome } from './messages.ts';
import { runOne } from './one.ts';

export type { Outcome } from './messages.ts';

export interface PoolOptions {
  /** Runs at the same time; 1 runs them here, without a thread. The host's parallelism where it is absent. */
  readonly jobs?: number | undefined;
  /** Called after each run, in the order in which they end. @param done how many have ended */
  readonly onDone?: (done: number) => void;
}

/** Threads run JavaScript: what the build made of `worker.ts`, also where this file runs as source. */
const WORKER = join(PACKAGE_ROOT, 'dist', 'campaign', 'worker.js');

/**
 * Runs scenarios, several at a time.
 * @returns what came of each, in the order of the scenarios
 * @throws Failure of the first run that could not be made; the others are given up
 */
export async function runAll(scenarios: readonly Scenario[], options: PoolOptions = {}): Promise<Outcome[]> {
  const jobs = Math.min(options.jobs ?? availableParallelism(), scenarios.length);
  return jobs <= 1 ? runHere(scenarios, options) : new Pool(scenarios, options).run(jobs);
}

async function runHere(scenarios: readonly Scenario[], { onDone }: PoolOptions): Promise<Outcome[]> {
  const store = new FirmwareStore();
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios) {
    outcomes.push(await runOne(scenario, store));
    onDone?.(outcomes.length);
  }
  return outcomes;
}

class Pool {
  private readonly scenarios: readonly Scenario[];
  private readonly options: PoolOptions;
  private readonly outcomes: Outcome[] = [];
  private next = 0;
  private done = 0;

  constructor(scenarios: readonly Scenario[], options: PoolOptions) {
    this.scenarios = scenarios;
    this.options = options;
  }

  async run(jobs: number): Promise<Outcome[]> {
    if (!existsSync(WORKER)) throw new Failure('unavailable', 'the program is not built; run: npm run build');
    const workers = Array.from({ length: jobs }, () => new Worker(WORKER));
    try {
      await Promise.all(workers.map((worker) => this.serve(worker)));
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    return this.outcomes;
  }

  /** Gives a worker one scenario after the other until none is left. */
  private serve(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      const order = () => {
        const index = this.next++;
        if (index >= this.scenarios.length) resolve();
        else worker.postMessage({ index, scenario: this.scenarios[index] } satisfies Order);
      };
      worker.on('message', (answer: Answer) => {
        if ('failure' in answer) {
          reject(failureOf(answer.failure));
          return;
        }
        this.outcomes[answer.index] = answer.outcome;
        this.options.onDone?.(++this.done);
        order();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`a worker thread ended early, with code ${code}`)));
      order();
    });
  }
}

function failureOf({ kind, message }: Extract<Answer, { failure: object }>['failure']): Error {
  return kind ? new Failure(kind, message) : new Error(message);
}

/** A thread of the pool: runs what it is told, one scenario after the other. */
import { parentPort } from 'node:worker_threads';
import { Failure } from '../scenarios/errors.ts';
import { FirmwareStore } from '../scenarios/images.ts';
import type { Answer, Order } from './messages.ts';
import { runOne } from './one.ts';

if (!parentPort) throw new Error('worker.js is started by the pool, as a thread');
const port = parentPort;
let store: FirmwareStore | undefined;

async function answerTo({ index, scenario }: Order): Promise<Answer> {
  try {
    store ??= new FirmwareStore();
    return { index, outcome: await runOne(scenario, store) };
  } catch (error) {
    const kind = error instanceof Failure ? error.kind : undefined;
    return { index, failure: { kind, message: (error as Error).message } };
  }
}

port.on('message', async (order: Order) => port.postMessage(await answerTo(order)));

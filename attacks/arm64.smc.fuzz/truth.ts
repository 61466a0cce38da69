import { NORMAL_RAM } from '../layout.ts';
import { type BuiltImage, type MachineView, symbol, truthOf } from '../truth.ts';

const WORD = 8;
/** Of a word's eight bytes so many are different where it is taken for a secret: addresses and counters have fewer. */
const DISTINCT = 7;
const CHUNK = 1 << 20;
/** Images that are the normal world's own: what stands in them is no secret, wherever else it stands. */
const NORMAL_IMAGES = ['vmm', 'guest', 'guest1', 'payload'];
/** The trust anchor in the boot ROM (`RW_ANCHOR`), and the report key in it. */
const REPORT_KEY = { start: 0x0f_f000 + 40, end: 0x0f_f000 + 72 };
/** One for each CPU (`firmware/el3/start.S`). */
const EL3_STACKS_SIZE = 4 << 14;
/** The carve-out's part in use: the agent, and what it exchanges with EL3. */
const AGENT_AND_EXCHANGE = { start: 0x4600_0000, end: 0x4610_2000 };

/** The calls that were made (`LOG` of the payload): five words each, four arguments and the answer. */
const LOG = { start: 0x4110_0000, size: 0x60_0000, wordsOfCall: 5, arguments: 4 };

/** Secure memory, taken from the machine. EL3's stacks are left out: they hold what the callers passed. */
function secureRanges(el3: BuiltImage): { start: number; end: number }[] {
  const at = (name: string) => Number(symbol(el3, name));
  return [
    REPORT_KEY,
    { start: at('el3_data_start'), end: at('el3_stacks') },
    { start: at('el3_stacks') + EL3_STACKS_SIZE, end: at('el3_bss_end') },
    AGENT_AND_EXCHANGE,
  ].filter(({ start, end }) => start < end);
}

function distinct(bytes: Uint8Array, at: number): number {
  return new Set(bytes.subarray(at, at + WORD)).size;
}

function wordAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, WORD).toString('hex');
}

/** What the payload passed in is no leak where it wrote that down; anywhere else the same word is one. */
function isArgument(address: number): boolean {
  const at = address - LOG.start;
  return at >= 0 && at < LOG.size && (at / WORD) % LOG.wordsOfCall < LOG.arguments;
}

/** Words that only secure memory holds, by their content. */
export function secureWords(view: MachineView): Set<string> {
  const words = new Set<string>();
  for (const { start, end } of secureRanges(view.image('el3'))) {
    const bytes = view.peek(start, end - start);
    for (let at = 0; at + WORD <= bytes.length; at += WORD) {
      if (distinct(bytes, at) >= DISTINCT) words.add(wordAt(bytes, at));
    }
  }
  for (const name of NORMAL_IMAGES) {
    const bytes = view.images.get(name)?.bytes ?? new Uint8Array();
    for (let at = 0; at + WORD <= bytes.length; at++) words.delete(wordAt(bytes, at));
  }
  return words;
}

/** Whether normal memory holds one of the words, at an address where a register is stored. */
function found(view: MachineView, words: ReadonlySet<string>): boolean {
  // A first look by the low half alone: 14 million words of memory are too many to be written down.
  const halves = new Uint8Array(1 << 24);
  const slot = (half: number) => (half ^ (half >>> 13)) & 0xff_ffff;
  for (const word of words) halves[slot(Buffer.from(word, 'hex').readUInt32LE(0))] = 1;
  return NORMAL_RAM.some(({ start, end }) => {
    for (let from = start; from < end; from += CHUNK) {
      const bytes = view.peek(from, Math.min(CHUNK, end - from)).slice();
      const low = new Uint32Array(bytes.buffer);
      for (let index = 0; index < low.length; index += 2) {
        if (halves[slot(low[index])] && words.has(wordAt(bytes, index * 4)) && !isArgument(from + index * 4))
          return true;
      }
    }
    return false;
  });
}

/**
 * A word of secure memory stands in normal memory. Registers are in it: the payload keeps each that a call changes. Decided at
 * the end, when all calls were made.
 */
export const truth = truthOf(Number.POSITIVE_INFINITY, (view) => found(view, secureWords(view)));

/** One run: a machine made from a scenario, watched until it stops, and judged. */
import { type Attack, attackNamed } from '../attacks/index.ts';
import { expectationFor } from '../attacks/record.ts';
import type { RelayStrategy } from '../attacks/relay.ts';
import type { MachineView, Observer, Refusal } from '../attacks/truth.ts';
import { createVirt, type VirtBoard } from '../emulator/boards/virt.ts';
import type { Counts } from '../emulator/cost/counts.ts';
import { cyclesOf } from '../emulator/cost/profiles.ts';
import type { Initiator } from '../emulator/devices/device.ts';
import type { StopReason } from '../emulator/engine/machine.ts';
import { TUNING } from '../emulator/engine/tier1/regions.ts';
import { type Composition, compose } from './compose.ts';
import { CostClock } from './cost-clock.ts';
import { engineId } from './engine-id.ts';
import { Failure } from './errors.ts';
import type { RunEvent, RunListener } from './events.ts';
import { withHashing } from './hashing.ts';
import { FirmwareStore } from './images.ts';
import { runKey } from './key.ts';
import { LAYOUT } from './layout.ts';
import { type Progress, RefusalWatch, viewOf } from './machine-view.ts';
import { layWire } from './reporting.ts';
import type { Result } from './result.ts';
import type { Scenario } from './schema.ts';
import { type Expected, judge, type RunEnd } from './verdict.ts';
import type { Wire } from './wire.ts';
import { WorkWindow } from './work-window.ts';

/**
 * Most runs end within 20 million instructions, which the compiler would share the two cores with: it starts after a hundred million,
 * on the few that are long.
 */
const LATE_TIER1 = { ...TUNING, credit: -100_000 };

export interface RunOptions {
  readonly onEvent?: RunListener;
  readonly store?: FirmwareStore;
  /** What the machine starts with, where that is not what the scenario says: to try a ground truth on another attack. */
  readonly composition?: Composition;
}

const INSTRUCTION_BYTES = 4;
/** Instructions between two looks at the VMM's tick counter while nothing else asks for a closer look. */
const COARSE_STEP = 100_000;
/** Longest stretch, from the first hostile instruction, in which each instruction is looked at. */
const CLOSE_WATCH = 100_000;
const REFUSALS: Readonly<Record<Refusal['kind'], string>> = {
  abort: 'the attack meets an abort',
  trap: 'the attack meets a trap',
  'secure-call': 'the attack makes a secure call',
  device: "the bus refuses the attacker's device",
};
const MIB = 2 ** 20;
/** The run itself wants to look; the machine goes on afterwards. */
const PAUSE: StopReason = { kind: 'exit', code: 0, text: 'paused' };
/** Where firmware goes when it cannot go on; it powers the machine off afterwards. */
const GIVING_UP = ['vmm_stop', 'el3_stop'];
/** Where EL3 goes when something does not measure as it should. */
const REFUSING_BOOT = 'el3_refuse_boot';
/** Lines of each console that the result keeps. */
const TAIL = 40;
const BENIGN_REASON = 'There is no attack in this run: the monitor must be silent.';
const UNWATCHED_REASON = 'There is neither an attack nor a monitor in this run.';

/** What a scenario's verdict should be. @throws Failure if the attack's record does not say */
export function expectedOf(scenario: Scenario): Expected {
  const attack = scenario.attack === undefined ? undefined : attackNamed(scenario.attack)!;
  if (scenario.expected) {
    const { effect = null, detection } = scenario.expected;
    return { effect, detection, reason: 'The scenario file says so.' };
  }
  if (!attack) {
    const reason = scenario.monitor === 'none' ? UNWATCHED_REASON : BENIGN_REASON;
    return { effect: null, detection: 'silent', reason };
  }
  const { monitor, ablations } = scenario;
  const rule = expectationFor(attack.record, monitor, ablations, variantOf(scenario, attack));
  if (rule) {
    const { effect, detection, orElse, end, reason } = rule;
    return { effect, detection, ...(orElse ? { orElse } : {}), ...(end ? { end } : {}), reason };
  }
  throw new Failure('usage', `the record of ${attack.record.id} does not say what to expect under ${monitor}`);
}

function variantOf(scenario: Scenario, attack: Attack): string {
  return scenario.variant ?? attack.record.variants[0].name;
}

/** Runs a scenario to its end. @throws Failure if its images are missing */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Result> {
  const expected = expectedOf(scenario);
  const store = options.store ?? new FirmwareStore();
  const composition = options.composition ?? compose(scenario, store);
  const run = new Run(scenario, composition, options.onEvent ?? (() => {}), earlierReports(scenario, store));
  return run.toEnd(expected);
}

function relayOf(scenario: Scenario): RelayStrategy | undefined {
  const attack = scenario.attack === undefined ? undefined : attackNamed(scenario.attack)!;
  return attack?.relays?.[variantOf(scenario, attack)];
}

/** What a hostile carrier recorded in an earlier session of the same machine, which knew of no attack. */
function earlierReports(scenario: Scenario, store: FirmwareStore): readonly string[] {
  if (!relayOf(scenario)) return [];
  const { attack: _attack, variant: _variant, expected: _expected, ...benign } = scenario;
  const run = new Run(benign, compose(benign, store, { session: 1 }), () => {}, []);
  run.finish();
  return run.reports;
}

class Run {
  private readonly scenario: Scenario;
  private readonly composition: Composition;
  private readonly listener: RunListener;
  private readonly board: VirtBoard;
  private readonly clock: CostClock;
  private readonly work = new WorkWindow();
  private readonly attack: Attack | undefined;
  private readonly observer: Observer | undefined;
  private readonly wire: Wire;
  private readonly refusalWatch: RefusalWatch | undefined;
  private readonly progress: Progress;
  private readonly view: MachineView;
  /** The last time at which the attack was not due yet. */
  private notDueAt = 0;
  private effectSeen = false;
  private gaveUp = false;
  private bootRefused = false;
  /** What the machine did to the attack, each kind once. */
  private readonly told = new Set<string>();
  /** Instructions from which on ground truth wants to look again. */
  private nextSample = 0;
  /** Instructions up to which each one is looked at. */
  private closeUntil = -1;

  constructor(scenario: Scenario, composition: Composition, listener: RunListener, earlier: readonly string[]) {
    this.scenario = scenario;
    this.composition = composition;
    this.listener = listener;
    this.board = createVirt({
      images: { bios: composition.rom },
      tier1: LATE_TIER1,
      memoryBytes: scenario.memory * MIB,
      cpus: scenario.cpus,
      seed: scenario.seed,
    });
    this.clock = new CostClock(this.board.counts);
    this.attack = scenario.attack === undefined ? undefined : attackNamed(scenario.attack);
    this.observer = this.attack?.truth.observe();
    this.refusalWatch = composition.hostile && new RefusalWatch(composition.hostile);
    const { board } = this;
    const onLine = (time: number) => this.clock.mark(time);
    const onClaim = (claim: string, time: number) => this.tell('alarm', claim, time);
    const relay = relayOf(scenario);
    const wire = layWire({ scenario, composition, board, relay, earlier, onLine, onClaim });
    this.wire = wire;
    this.progress = {
      firstHostileInstruction: undefined,
      attackDue: false,
      refusals: [],
      get channel() {
        return wire.view;
      },
    };
    this.view = viewOf(board.machine, composition.images, this.progress);
    if (this.attack?.record.position === 'boot') this.progress.attackDue = true;
    this.listen();
  }

  private tell(kind: RunEvent['kind'], text: string, time = this.board.machine.timeline.now()): void {
    this.listener({ time, kind, text });
  }

  private listen(): void {
    const { machine } = this.board;
    this.tell('machine', 'reset: EL3 starts from the boot ROM');
    machine.watchExecution(Number(LAYOUT.vmm), this.composition.images.get('vmm')!.bytes.length, (time) =>
      this.tell('machine', 'EL2: the VMM starts', time),
    );
    const guest = Number(LAYOUT.guests[0] + LAYOUT.guestImage);
    machine.watchExecution(guest, this.composition.images.get('guest')!.bytes.length, (time) => {
      this.work.begin(this.counts());
      this.tell('machine', 'EL1: guest 0 starts', time);
    });
    this.listenForEndOfWork();
    const { hostile } = this.composition;
    if (hostile) {
      machine.watchExecution(hostile.pa, Number(hostile.bytes), (time) => {
        this.progress.firstHostileInstruction ??= time;
        this.clock.mark(time);
        if (!this.progress.attackDue) this.lookForAttack();
        this.refusalWatch!.begin(this.view);
        this.closeUntil = machine.instructions + CLOSE_WATCH;
        this.pause();
        this.tell('attack', `first hostile instruction, at EL${hostile.level}`, time);
      });
    }
    const refusal = this.composition.el3.symbols.get(REFUSING_BOOT);
    if (refusal === undefined) throw new Error('EL3 has no way to refuse a boot');
    machine.watchExecution(Number(refusal), INSTRUCTION_BYTES, (time) => {
      this.bootRefused = true;
      this.tell('machine', 'EL3 refuses to go on with what it measured', time);
    });
    for (const image of [this.composition.el3, this.composition.images.get('vmm')!]) {
      for (const name of GIVING_UP) {
        const address = image.symbols.get(name);
        if (address === undefined) continue;
        machine.watchExecution(Number(address), INSTRUCTION_BYTES, (time) => {
          this.gaveUp = true;
          this.tell('machine', `${image.name} cannot go on (${name})`, time);
        });
      }
    }
    const { onRefused } = machine.phys;
    machine.phys.onRefused = (pa, write, by) => {
      onRefused(pa, write, by);
      this.refusedOnBus(by);
    };
  }

  /** The VMM goes to `vmm_run_end` when its last guest has shut down, and when its time is up. */
  private listenForEndOfWork(): void {
    const { machine } = this.board;
    const end = this.composition.images.get('vmm')!.symbols.get('vmm_run_end');
    if (end === undefined) throw new Error('the VMM has no end of a run');
    machine.watchExecution(Number(end), INSTRUCTION_BYTES, () => {
      if (this.ticks() < BigInt(this.scenario.runTicks)) this.work.end(this.counts());
    });
  }

  /** Ends the running slice after this instruction, to look at each one from here on. */
  private pause(): void {
    this.board.machine.stop(PAUSE);
  }

  /** Looks at the machine between two instructions. */
  private checkpoint(): void {
    const { machine } = this.board;
    const { progress, view } = this;
    this.lookAtClock();
    if (!this.attack) return;
    if (!progress.attackDue) this.lookForAttack();
    if (this.close) this.lookClosely();
    if (machine.instructions < this.nextSample) return;
    this.nextSample = machine.instructions + this.attack.truth.interval;
    if (this.observer!.sample(view) && !this.effectSeen) {
      this.effectSeen = true;
      this.tell('effect', `effect reached: ${this.attack.record.effect}`);
    }
  }

  /** The operator, too, notices when nothing comes. */
  private lookAtClock(): void {
    const now = this.board.machine.timeline.now();
    const claim = this.wire.look(now);
    if (claim === undefined) return;
    this.clock.mark(now);
    this.tell('alarm', claim, now);
  }

  /** Notices that the VMM's tick counter has come to where the attack is let loose. */
  private lookForAttack(): void {
    if (this.ticks() < BigInt(this.scenario.attackTick)) {
      this.notDueAt = this.board.machine.timeline.now();
      return;
    }
    this.progress.attackDue = true;
    this.tell('attack', `the attack is due: tick ${this.scenario.attackTick} of the VMM`);
  }

  /** Each instruction is looked at: the payload is at work. */
  private get close(): boolean {
    return this.board.machine.instructions <= this.closeUntil;
  }

  private lookClosely(): void {
    const { refusals } = this.progress;
    const before = refusals.length;
    this.refusalWatch!.look(this.view, refusals);
    for (const { kind, level } of refusals.slice(before)) {
      this.tellOnce(level === undefined ? REFUSALS[kind] : `${REFUSALS[kind]}, taken to EL${level}`);
    }
    if (!this.refusalWatch!.active) this.closeUntil = -1;
  }

  /** The address-space controller refused an access: a device's counts against the attack. */
  private refusedOnBus(by: Initiator): void {
    const { progress } = this;
    if (by.cpu >= 0 || progress.firstHostileInstruction === undefined) return;
    progress.refusals.push({ time: this.board.machine.timeline.now(), kind: 'device' });
    this.tellOnce(REFUSALS.device);
  }

  private tellOnce(text: string): void {
    if (!this.told.has(text)) this.tell('attack', text);
    this.told.add(text);
  }

  private ticks(): bigint {
    const { machine } = this.board;
    const counter = this.composition.images.get('vmm')!.symbols.get('rw_vmm_ticks');
    if (counter === undefined) throw new Error('the VMM has no tick counter');
    const bytes = machine.phys.peek(Number(counter), 8);
    return new DataView(bytes.buffer).getBigUint64(0, true);
  }

  /** What left the machine for the operator so far. */
  get reports(): readonly string[] {
    return this.wire.view.sent;
  }

  async toEnd(expected: Expected): Promise<Result> {
    this.finish();
    const end = this.endOf();
    this.tell('end', endText(end, this.board.machine.stopReason?.text));
    return this.result(expected, end);
  }

  /** Runs until the machine stops or its limit is reached. */
  finish(): void {
    const { machine } = this.board;
    const limit = this.scenario.limits.instructions;
    const interval = Math.min(this.attack?.truth.interval ?? COARSE_STEP, COARSE_STEP);
    while (!machine.stopReason && machine.instructions < limit) {
      machine.run({ maxInstructions: Math.min(this.close ? 1 : interval, limit - machine.instructions) });
      if (machine.stopReason === PAUSE) machine.resume();
      this.checkpoint();
    }
  }

  /** Events so far. */
  private counts(): Counts {
    const { counts, machine } = this.board;
    return withHashing(counts.snapshot(machine.instructions), machine.phys, this.composition.el3);
  }

  private endOf(): RunEnd {
    const reason = this.board.machine.stopReason;
    if (!reason) return 'limit';
    if (reason.kind === 'strict') return 'error';
    if (this.bootRefused && !this.gaveUp) return 'boot-stopped';
    return reason.kind === 'exit' && reason.code === 0 && !this.gaveUp ? 'power-off' : 'crash';
  }

  /** @param instructions from the first hostile instruction, which ran at time `from`, to the alarm */
  private latency(instructions: number | null, from: number | undefined): Result['latency'] {
    if (instructions === null || from === undefined) return null;
    return { instructions, cycles: this.clock.between(from, from + instructions) };
  }

  private result(expected: Expected, end: RunEnd): Result {
    const { scenario, composition, attack, progress } = this;
    const { machine, console, secureConsole } = this.board;
    const now = machine.timeline.now();
    this.clock.mark(now);
    const alarms = this.wire.end(now);
    const effect = this.observer?.conclude(this.view) ?? null;
    const figures = this.observer?.figures?.(this.view);
    const first = earlier(progress.firstHostileInstruction, this.wire.tamperedAt);
    const attackFrom = first ?? (progress.attackDue ? this.notDueAt : undefined);
    const verdict = judge({ end, effect, alarms, attackFrom, firstHostileInstruction: first }, expected);
    const counts = this.counts();
    return {
      schema: 1,
      run: runKey(scenario, composition.hashes, engineId()),
      scenario: scenario.name,
      system: scenario.monitor,
      ablations: scenario.ablations,
      attack: scenario.attack ?? null,
      variant: attack ? variantOf(scenario, attack) : null,
      arch: 'arm64',
      seed: scenario.seed,
      engine: engineId(),
      image: composition.hashes,
      configuration: scenario,
      expected,
      end,
      effect: verdict.effect,
      detection: verdict.detection,
      ...(figures ? { figures } : {}),
      agrees: verdict.agrees,
      alarms: alarms.map((alarm) => ({ ...alarm, cycles: this.clock.at(alarm.instruction) })),
      latency: this.latency(verdict.latency, first),
      counts,
      cycles: cyclesOf(counts),
      work: this.work.work(),
      serial: { uart0: tail(console.lines), uart1: tail(secureConsole.lines) },
      unimplemented: machine.unimplemented.list().map((gap) => ({ ...gap })),
    };
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function tail(lines: readonly { readonly text: string }[]): string[] {
  return lines.slice(-TAIL).map((line) => line.text);
}

function endText(end: RunEnd, reason: string | undefined): string {
  const text = {
    'power-off': 'powered off',
    'boot-stopped': 'the boot was stopped',
    limit: 'stopped at the limit',
    crash: 'crashed',
    error: 'failed',
  }[end];
  return reason && end !== 'power-off' && end !== 'boot-stopped' ? `${text}: ${reason}` : text;
}

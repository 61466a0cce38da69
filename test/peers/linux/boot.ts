/** One boot of Linux to its shell, on either machine: what was said, and how long it took. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createVirt } from '../../../emulator/boards/virt.ts';
import type { Unimplemented } from '../../../emulator/debug/unimplemented.ts';

export interface LinuxBoot {
  readonly cpus: number;
  /** Files. */
  readonly kernel: string;
  readonly initrd: string;
  /** Their content. */
  readonly kernelBytes: Uint8Array;
  readonly initrdBytes: Uint8Array;
}

export interface LinuxRun {
  /** All that the console said. */
  readonly text: string;
  /** Seconds from the start to the prompt, and to the end; NaN where it was not reached. */
  readonly prompt: number;
  readonly end: number;
  /** Seconds of CPU time, of all threads, to the prompt: what a busy host changes less than the wall time. */
  readonly cpuSeconds: number;
  readonly gaps: readonly Unimplemented[];
}

const PROMPT = '/ # ';
/** `echo` splits the word, so that what was typed is not taken for what was answered. */
const COMMANDS = "uname -a; cat /proc/cpuinfo; ls /; echo d''one\npoweroff -f\n";
const APPEND = 'console=ttyAMA0';
const MEMORY_MIB = 512;
/** Between two looks at the console. */
const SLICE = 500_000;
const LONGEST_RUN = 6e9;
const TIMEOUT_MS = 240_000;

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** On our machine, with hot code compiled. */
export function bootOurs({ cpus, kernelBytes, initrdBytes }: LinuxBoot): LinuxRun {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const board = createVirt({
    images: { kernel: kernelBytes, initrd: initrdBytes, append: APPEND },
    memoryBytes: MEMORY_MIB << 20,
    cpus,
    seed: 1,
    tier1: true,
  });
  const { machine } = board;
  let prompt = Number.NaN;
  let cpuSeconds = Number.NaN;
  board.console.expect(new TextEncoder().encode(PROMPT), () => {
    prompt = seconds(started);
    const used = process.cpuUsage(cpu);
    cpuSeconds = (used.user + used.system) / 1e6;
    machine.timeline.at(machine.timeline.now(), () => board.uart0.receive(new TextEncoder().encode(COMMANDS)));
  });
  while (!machine.stopReason && machine.instructions < LONGEST_RUN) machine.run({ maxInstructions: SLICE });
  const end = machine.stopReason ? seconds(started) : Number.NaN;
  return { text: board.console.text, prompt, end, cpuSeconds, gaps: machine.unimplemented.list() };
}

/** CPU time of a process so far: fields 14 and 15 of /proc/<pid>/stat, in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The same kernel, initial RAM disk and board under QEMU's TCG. */
export function bootQemu({ cpus, kernel, initrd }: LinuxBoot): Promise<LinuxRun> {
  const started = performance.now();
  const machine = ['-M', 'virt,secure=on,virtualization=on,gic-version=2', '-cpu', 'cortex-a57', '-accel', 'tcg'];
  const size = ['-smp', String(cpus), '-m', `${MEMORY_MIB}M`];
  const rest = [
    '-nodefaults',
    '-display',
    'none',
    '-monitor',
    'none',
    '-nic',
    'none',
    '-serial',
    'stdio',
    '-no-reboot',
  ];
  const images = ['-kernel', kernel, '-initrd', initrd, '-append', APPEND];
  return new Promise((done, fail) => {
    const child = spawn('qemu-system-aarch64', [...machine, ...size, ...rest, ...images]);
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    let text = '';
    let prompt = Number.NaN;
    let cpuSeconds = Number.NaN;
    child.stdout.setEncoding('latin1').on('data', (more: string) => {
      text += more;
      if (!Number.isNaN(prompt) || !text.includes(PROMPT)) return;
      prompt = seconds(started);
      cpuSeconds = cpuSecondsOf(child.pid!);
      child.stdin.write(COMMANDS);
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ text, prompt, cpuSeconds, end: code === 0 ? seconds(started) : Number.NaN, gaps: [] });
    });
  });
}

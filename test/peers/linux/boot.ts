/** One boot of Linux to its shell, on either machine, each a process as its users start it: what was said, and how long it took. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface LinuxBoot {
  readonly cpus: number;
  /** Files; of `keys` what is typed at the prompt. */
  readonly kernel: string;
  readonly initrd: string;
  readonly keys: string;
}

export interface LinuxRun {
  /** All that the console said. */
  readonly text: string;
  /** Seconds from the start to the prompt, and to the end; NaN where it was not reached. */
  readonly prompt: number;
  readonly end: number;
  /** Seconds of CPU time, of all threads, to the prompt: what a busy host changes less than the wall time. */
  readonly cpuSeconds: number;
  /** What the process said on stderr. */
  readonly complaints: string;
}

const PROMPT = '/ # ';
/** What is typed. `echo` splits the word, so that what was typed is not taken for what was answered. */
export const COMMANDS = "uname -a; cat /proc/cpuinfo; ls /; echo d''one\npoweroff -f\n";
const APPEND = 'console=ttyAMA0';
const MEMORY = '512M';
const TIMEOUT_MS = 240_000;
const OURS = new URL('../../../dist/cli/main.js', import.meta.url).pathname;

/** CPU time of a process so far: fields 14 and 15 of /proc/<pid>/stat, in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** @param typed what to type at the prompt, for a machine that does not do so itself */
function boot(command: string, argv: readonly string[], typed = ''): Promise<LinuxRun> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  return new Promise((done, fail) => {
    const child = spawn(command, argv);
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    const texts = { text: '', complaints: '' };
    let prompt = Number.NaN;
    let cpuSeconds = Number.NaN;
    child.stderr.setEncoding('latin1').on('data', (more: string) => {
      texts.complaints += more;
    });
    child.stdout.setEncoding('latin1').on('data', (more: string) => {
      texts.text += more;
      if (!Number.isNaN(prompt) || !texts.text.includes(PROMPT)) return;
      prompt = seconds();
      cpuSeconds = cpuSecondsOf(child.pid!);
      if (typed !== '') child.stdin.write(typed);
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ ...texts, prompt, cpuSeconds, end: code === 0 ? seconds() : Number.NaN });
    });
  });
}

/** On our machine, by the command line, which ends with a complaint at anything unimplemented. */
export function bootOurs({ cpus, kernel, initrd, keys }: LinuxBoot): Promise<LinuxRun> {
  const machine = ['--cpus', String(cpus), '--memory', MEMORY, '--initrd', initrd, '--append', APPEND];
  return boot(process.execPath, [OURS, 'boot', kernel, ...machine, '--type', keys, '--type-after', PROMPT, '--strict']);
}

/** The same kernel, initial RAM disk and board under QEMU's TCG. */
export function bootQemu({ cpus, kernel, initrd }: LinuxBoot): Promise<LinuxRun> {
  const machine = ['-M', 'virt,secure=on,virtualization=on,gic-version=2', '-cpu', 'cortex-a57', '-accel', 'tcg'];
  const size = ['-smp', String(cpus), '-m', MEMORY];
  const bare = [
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
  return boot('qemu-system-aarch64', [...machine, ...size, ...bare, ...images], COMMANDS);
}

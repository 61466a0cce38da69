import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_MEMORY,
  DEFAULT_TIMEOUT,
  type Driver,
  PeerMissing,
  type RunRequest,
  type RunResult,
} from './driver.ts';

const PROGRAM = 'qemu-system-aarch64';
const UARTS = 2;
const STDIO = 'stdio';

/** The command line for a request; `files` are the image and one serial file for each UART, `stdio` for QEMU's own output. */
export function qemuArguments(request: RunRequest, files: { image: string; serial: readonly string[] }): string[] {
  return [
    ...['-M', 'virt,secure=on,virtualization=on,gic-version=2', '-cpu', 'cortex-a57'],
    ...['-smp', String(request.cpus ?? 1), '-m', `${(request.memory ?? DEFAULT_MEMORY) >> 20}M`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-nic', 'none'],
    ...files.serial.flatMap((file) => ['-serial', file === STDIO ? STDIO : `file:${file}`]),
    ...(request.semihosting ? ['-semihosting-config', 'enable=on,target=native'] : []),
    ...(request.kind === 'bios' ? ['-bios', files.image] : ['-device', `loader,file=${files.image},cpu-num=0`]),
    '-no-reboot',
  ];
}

/** Starts QEMU and waits for its end. @returns its exit code, or undefined if the time ran out */
function runProgram(
  args: readonly string[],
  timeout: number,
  onOutput: (text: string) => void,
): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    let late = false;
    const giveUp = () => {
      late = true;
      child.kill('SIGKILL');
    };
    const timer = Number.isFinite(timeout) ? setTimeout(giveUp, timeout) : undefined;
    child.stdout.setEncoding('latin1').on('data', onOutput);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code !== 'ENOENT') return fail(error);
      fail(new PeerMissing(`${PROGRAM} is not installed: install Debian's package qemu-system-arm`));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (late) done(undefined);
      else if (code !== 0 && complaint !== '') fail(new Error(`${PROGRAM} ended with ${code}: ${complaint.trim()}`));
      else done(code ?? 1);
    });
  });
}

/** QEMU's `virt` board with both security states, EL2 and GICv2, Cortex-A57. No network, no display. */
export const qemu: Driver = {
  name: 'qemu',
  async run(request: RunRequest): Promise<RunResult> {
    const folder = await mkdtemp(join(tmpdir(), 'ringwarden-qemu-'));
    try {
      const image = join(folder, 'image');
      const { onSerial } = request;
      const serial = Array.from({ length: UARTS }, (_, i) => (i === 0 && onSerial ? STDIO : join(folder, `uart${i}`)));
      let direct = '';
      const receive = (text: string): void => {
        direct += text;
        onSerial?.(text);
      };
      await writeFile(image, request.image);
      const code = await runProgram(
        qemuArguments(request, { image, serial }),
        request.timeout ?? DEFAULT_TIMEOUT,
        receive,
      );
      const texts = await Promise.all(
        serial.map((file) => (file === STDIO ? direct : readFile(file, 'latin1').catch(() => ''))),
      );
      if (code === undefined) return { serial: texts, why: 'timeout' };
      return { serial: texts, why: 'exit', exitCode: code };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

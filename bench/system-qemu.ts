import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROL, controlBlock, type Kernel } from './kernels.ts';
import type { Measurement, Subject } from './subject.ts';

const PROGRAM = 'qemu-system-aarch64';

/** The installed QEMU's version, or undefined where there is none. */
function installed(): string | undefined {
  const { status, stdout } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/version (\S+)/.exec(stdout)?.[1] ?? 'unknown') : undefined;
}

/** Runs the image to its semihosting exit; milliseconds of the whole process, and the exit code. */
async function runOnce(image: string, control: string, level: 1 | 3): Promise<{ ms: number; code: number }> {
  const args = [
    ...['-M', level === 3 ? 'virt,secure=on,virtualization=on' : 'virt'],
    ...['-cpu', 'cortex-a57', '-m', '64M', '-accel', 'tcg,thread=single'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-serial', 'none'],
    ...['-semihosting-config', 'enable=on,target=native', '-kernel', image],
    ...['-device', `loader,file=${control},addr=0x${CONTROL.toString(16)},force-raw=on`],
  ];
  const start = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', fail);
    child.on('close', (code) => done({ ms: performance.now() - start, code: code ?? -1 }));
  });
}

/**
 * QEMU's TCG with the same image at the same level; the start of the process is measured beside each run and taken off.
 * @returns undefined where QEMU is not installed
 */
export function systemQemu(image: Uint8Array): Subject | undefined {
  const version = installed();
  if (version === undefined) return undefined;
  return {
    name: 'QEMU TCG',
    version,
    absent: () => undefined,
    async run(kernel: Kernel, rounds: number): Promise<Measurement> {
      const folder = mkdtempSync(join(tmpdir(), 'ringwarden-bench-'));
      try {
        const file = join(folder, 'image.elf');
        writeFileSync(file, image);
        const control = join(folder, 'control');
        writeFileSync(control, controlBlock(0, 0));
        const empty = await runOnce(file, control, kernel.level);
        writeFileSync(control, controlBlock(kernel.number, rounds));
        const whole = await runOnce(file, control, kernel.level);
        return { ms: Math.max(whole.ms - empty.ms, 0.1), result: BigInt(whole.code) };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

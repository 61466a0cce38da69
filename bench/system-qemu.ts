import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROL, controlBlock, type Kernel, type Measurement, type Subject } from './subject.ts';

const PROGRAM = 'qemu-system-aarch64';

/** Runs the image to its semihosting exit; milliseconds of the whole process, and the exit code. */
async function runOnce(image: string, control: string): Promise<{ ms: number; code: number }> {
  const args = [
    ...['-M', 'virt', '-cpu', 'cortex-a57', '-m', '64M', '-accel', 'tcg,thread=single'],
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

/** QEMU's TCG with the same image at EL1; the start of the process is measured apart and taken off. */
export function systemQemu(image: Uint8Array): Subject {
  return {
    name: 'QEMU TCG',
    async run(kernel: Kernel): Promise<Measurement> {
      const folder = await mkdtemp(join(tmpdir(), 'ringwarden-bench-'));
      try {
        const file = join(folder, 'image.elf');
        await writeFile(file, image);
        const control = join(folder, 'control');
        await writeFile(control, controlBlock({ ...kernel, number: 0 }));
        const empty = await runOnce(file, control);
        await writeFile(control, controlBlock(kernel));
        const whole = await runOnce(file, control);
        return { ms: Math.max(whole.ms - empty.ms, 0.1), result: BigInt(whole.code) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Debian's arm64 packages, fetched by the host's own apt into a folder, beside what is installed here: a package list, a state and a
 * cache of their own, and another architecture.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ARCHITECTURE = 'arm64';
const MINUTES_5 = 300_000;

/** An apt that knows nothing of this host. */
class ForeignApt {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(join(folder, 'state/lists/partial'), { recursive: true });
    mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
    writeFileSync(join(folder, 'status'), '');
  }

  run(program: 'apt-get' | 'apt-cache', ...args: string[]): string {
    const { folder } = this;
    const options = [
      `APT::Architecture=${ARCHITECTURE}`,
      `APT::Architectures::=${ARCHITECTURE}`,
      `Dir::State=${join(folder, 'state')}`,
      `Dir::State::status=${join(folder, 'status')}`,
      `Dir::Cache=${join(folder, 'cache')}`,
      'Dir::Etc::sourcelist=/dev/null',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    return execFileSync(program, ['-q', ...options, ...args], {
      cwd: folder,
      encoding: 'utf8',
      timeout: MINUTES_5,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}

/** Where the kernel and busybox came to lie. */
export interface LinuxFiles {
  readonly kernel: string;
  readonly busybox: string;
  /** The package that holds the kernel, with its version. */
  readonly version: string;
}

/**
 * The kernel of `linux-image-arm64` and `busybox-static`, downloaded once into a folder.
 * @throws Error where apt or dpkg-deb is not there, or knows no arm64
 */
export function linuxFiles(folder: string): LinuxFiles {
  mkdirSync(folder, { recursive: true });
  const apt = new ForeignApt(folder);
  const root = join(folder, 'root');
  if (!existsSync(join(root, 'bin/busybox'))) {
    apt.run('apt-get', 'update');
    const depends = apt.run('apt-cache', 'depends', '--no-recommends', 'linux-image-arm64');
    const image = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
    if (image === undefined) throw new Error('apt knows no linux-image-arm64');
    apt.run('apt-get', 'download', image, 'busybox-static');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
      execFileSync('dpkg-deb', ['-x', join(folder, file), root]);
  }
  const kernel = readdirSync(join(root, 'boot')).find((name) => name.startsWith('vmlinuz-'))!;
  const version = readdirSync(folder).find((name) => /^linux-image.*\.deb$/.test(name))!;
  return { kernel: join(root, 'boot', kernel), busybox: join(root, 'bin/busybox'), version };
}

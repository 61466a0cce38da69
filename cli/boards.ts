/** The boards that `boot` and the lists know. */
export interface Board {
  readonly name: string;
  readonly architecture: 'arm64' | 'x64';
  readonly title: string;
  readonly available: boolean;
}

export const BOARDS: readonly Board[] = [
  {
    name: 'virt',
    architecture: 'arm64',
    title: "AArch64, EL0-EL3, both security states, GICv2; after QEMU's virt",
    available: true,
  },
  { name: 'pc', architecture: 'x64', title: 'x86-64 with VMX; not part of this version', available: false },
];

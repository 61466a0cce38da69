/** What `boot` is asked for. An option that was not given is undefined, so that a snapshot's own value stands. */
export interface BootArguments {
  readonly image?: string | undefined;
  readonly board?: string | undefined;
  readonly engine: string;
  readonly bios?: string | undefined;
  readonly el?: number | undefined;
  readonly cpus?: number | undefined;
  readonly memory?: string | undefined;
  readonly append?: string | undefined;
  readonly initrd?: string | undefined;
  readonly seed?: number | undefined;
  readonly snapshot?: string | undefined;
  readonly snapshotAt?: number | undefined;
  readonly fromSnapshot?: string | undefined;
  readonly maxInstructions?: number | undefined;
  readonly type?: string | undefined;
  readonly typeAfter?: string | undefined;
  readonly noSecure: boolean;
  readonly noVirtualization: boolean;
  readonly tier1?: boolean | undefined;
  readonly strict: boolean;
  readonly stats: boolean;
}

/** Names of the options among `names` that were given, as they are written. */
export function given(args: BootArguments, names: readonly (keyof BootArguments)[]): string[] {
  const written = (name: string): string =>
    name === 'image' ? 'an image' : `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
  return names.filter((name) => args[name] !== undefined && args[name] !== false).map(written);
}

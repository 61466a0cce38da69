/** The images that `build-firmware` makes, one row each. Paths are relative to the project's root. */

/** How an image is compiled and linked. */
export interface Image {
  /** Names its outputs: `dist/firmware/<name>.{elf,bin,symbols.json}`. */
  readonly name: string;
  /** Source files, or folders of which every `.c` and `.S` file is taken (not the folders below). */
  readonly sources: readonly string[];
  /** Source files, none of `sources`, that are compiled apart with floating-point registers allowed. */
  readonly floating?: readonly string[];
  /** Folders searched for headers, before `firmware/lib/include`. */
  readonly include?: readonly string[];
  /** Preprocessor definitions, `NAME` or `NAME=value`. */
  readonly defines?: readonly string[];
  /** Linker script. */
  readonly linker: string;
  /** Symbol definitions for the linker script, `name=value`. */
  readonly linkerSymbols?: readonly string[];
  /** Images whose symbols this one is linked with, as `<image>__<symbol>` with underscores for hyphens; built first. */
  readonly knows?: readonly string[];
  /** Images whose flat binary this one includes by `.incbin "<name>.bin"`; they are built first. */
  readonly embeds?: readonly string[];
}

const LIB = 'firmware/lib';
const EL3 = ['firmware/el3', LIB];
const VMI = 'firmware/vmi';
const VMM_CORE = ['firmware/vmm/core', 'firmware/vmm/arm64', LIB];
/** With the check that a VMM makes of its guests where no monitor takes its place. */
const VMM = [...VMM_CORE, 'firmware/vmm/introspect'];

/** First byte of the VMM's first module slot (`RW_VMM_MODULES` of `rw/layout.h`). */
const VMM_MODULE_BASE = 0x4100_0000n;
/** First byte of the guest kernel's module slot (`RW_GUEST_MODULE_VA` of `rw/layout.h`). */
const GUEST_MODULE_BASE = 0xffff_ff80_40c0_0000n;
/** Bytes from one module slot to the next (`RW_MODULE_SLOT_SIZE`). */
const MODULE_SLOT = 0x1_0000n;

/** The hardened builds of the VMM. */
const VMMS: readonly Image[] = [
  {
    name: 'vmm-plain',
    sources: VMM,
    include: ['firmware/vmm/include'],
    linker: 'firmware/vmm/vmm.ld',
  },
  {
    name: 'vmm-tvmi',
    sources: VMM,
    include: ['firmware/vmm/include'],
    defines: ['RW_SMC_REWRITE', 'RW_VMM_BUILD=RW_VMM_BUILD_TVMI'],
    linker: 'firmware/vmm/vmm.ld',
  },
  {
    name: 'vmm-hostvmi',
    sources: [...VMM_CORE, 'monitor/hostvmi/firmware', VMI],
    include: ['firmware/vmm/include', `${VMI}/include`],
    defines: ['RW_VMM_BUILD=RW_VMM_BUILD_HOSTVMI'],
    linker: 'firmware/vmm/vmm.ld',
  },
];

/** The same VMM with its bugs left in (`firmware/vmm/README.md`): what attacks escape from. */
function vulnerable(image: Image): Image {
  return {
    ...image,
    name: `${image.name}-vulnerable`,
    defines: [...(image.defines ?? []), 'RW_BUG_FIFO', 'RW_BUG_PSTATE'],
  };
}

/** All images but the attacks' payloads, which {@link payloadImage} derives from their sources. */
export const IMAGES: readonly Image[] = [
  {
    name: 'el3-plain',
    sources: [...EL3, 'firmware/el3/plain'],
    include: ['firmware/el3/include'],
    linker: 'firmware/el3/el3.ld',
  },
  ...VMMS,
  ...VMMS.map(vulnerable),
  {
    name: 'guest-user',
    sources: ['firmware/guest/user', 'firmware/lib/string.c', 'firmware/lib/format.c'],
    include: ['firmware/guest/include'],
    linker: 'firmware/guest/user.ld',
  },
  {
    name: 'guest-module',
    sources: ['firmware/guest/module'],
    linker: 'firmware/lib/module.ld',
    linkerSymbols: [`module_base=0x${(GUEST_MODULE_BASE + MODULE_SLOT).toString(16)}`],
  },
  {
    name: 'guest',
    sources: ['firmware/guest/kernel', LIB],
    include: ['firmware/guest/include'],
    linker: 'firmware/guest/guest.ld',
    embeds: ['guest-user', 'guest-module'],
  },
  {
    name: 'el3-tvmi',
    sources: [...EL3, 'monitor/tvmi/firmware/el3', `${VMI}/findings.c`, `${VMI}/remember.c`],
    include: ['firmware/el3/include', 'monitor/tvmi/firmware/include', `${VMI}/include`],
    linker: 'firmware/el3/el3.ld',
  },
  {
    name: 'tvmi-agent',
    sources: ['monitor/tvmi/firmware/agent', VMI, 'firmware/lib/page_table.c', 'firmware/lib/string.c'],
    include: ['monitor/tvmi/firmware/include', `${VMI}/include`],
    linker: 'monitor/tvmi/firmware/agent/agent.ld',
  },
  {
    name: 'bench-kernels',
    sources: ['bench/kernels'],
    floating: ['bench/kernels/floating/floating.c'],
    linker: 'bench/kernels/kernels.ld',
  },
  {
    name: 'conformance-arm64',
    sources: ['test/conformance/arm64', 'test/conformance/arm64/groups'],
    linker: 'test/conformance/arm64/link.ld',
  },
  { name: 'bus-script', sources: ['test/peers/bus-script'], linker: 'test/peers/bus-script/script.ld' },
];

/** What who writes an exploit has looked at beforehand: the published binaries. */
const VICTIMS: readonly string[] = [...VMMS.map((image) => vulnerable(image).name), 'guest'];

/**
 * The row of an attack's payload. A payload that includes `rw/guest_api.h` is a module of the guest kernel, any other
 * one a module of the VMM; each is linked at the address of its first module slot.
 *
 * @param path - `attacks/<id>/payload*.c`
 * @param source - the file's text
 */
export function payloadImage(path: string, source: string): Image {
  const inGuest = /#\s*include\s*[<"]rw\/guest_api\.h[>"]/.test(source);
  const base = inGuest ? GUEST_MODULE_BASE : VMM_MODULE_BASE;
  const knowsGuest = /#\s*include\s*<guest\//.test(source);
  const escapes = /#\s*include\s*<attack\/escape\.h>/.test(source);
  return {
    name: path.replace(/\.c$/, ''),
    sources: [path],
    ...(knowsGuest ? { include: ['firmware/guest/include'], knows: ['guest'] } : {}),
    ...(escapes ? { include: ['attacks/include', 'firmware/vmm/include'], knows: VICTIMS } : {}),
    linker: 'firmware/lib/module.ld',
    linkerSymbols: [`module_base=0x${base.toString(16)}`],
  };
}

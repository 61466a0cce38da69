import { describe, expect, it } from 'vitest';
import { importedValues, importingBundle } from './bundle-emulator.ts';

describe('the emulator as one module', () => {
  it('serves the values that other rooms import, and no types', () => {
    const sources = [
      "import { createVirt, type VirtBoard } from '../emulator/boards/virt.ts';\nimport { x } from './emulator.ts';",
      "import {\n  PROFILES as ALL,\n  resumeVirt,\n} from '../../emulator/boards/virt.ts';",
      "import type { Machine } from '../emulator/engine/machine.ts';\nimport { type Slot } from '../emulator/ir/slots.ts';",
    ];
    expect(importedValues(sources)).toEqual(
      new Map([['boards/virt', new Set(['createVirt', 'PROFILES', 'resumeVirt'])]]),
    );
  });

  it('is what their built modules import, however often they are built', () => {
    const built = 'import { createVirt } from "../emulator/boards/virt.js";\nimport { cli } from "./cli.js";\n';
    const changed = importingBundle(built, 'bench/ours.js');
    expect(changed).toBe('import { createVirt } from "../emulator.js";\nimport { cli } from "./cli.js";\n');
    expect(importingBundle(changed, 'bench/ours.js')).toBe(changed);
    expect(importingBundle('from "../../emulator/ir/slots.js";', 'cli/commands/boot.js')).toBe(
      'from "../../emulator.js";',
    );
  });
});

import { expect, it } from 'vitest';
import { createTier0 } from './interpreter.ts';
import { HANDLER_BY_KEY, HANDLERS } from './shapes.ts';

it('the generated module is valid WebAssembly and stays below the size at which V8 gives up inlining', () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const tier0 = createTier0(memory);
  expect(tier0.moduleBytes).toBeGreaterThan(1000);
  expect(HANDLERS.filter((h) => !h.outlined).length).toBeLessThan(500);
  console.log(HANDLERS.length, HANDLERS.filter((h) => !h.outlined).length, tier0.moduleBytes);
});

it('no two handlers share a key', () => {
  expect(HANDLER_BY_KEY.size).toBe(HANDLERS.length);
});

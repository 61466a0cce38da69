import { expect, it } from 'vitest';
import { HANDLERS } from './handlers.ts';
import { createTier0 } from './interpreter.ts';

it('the generated module is valid WebAssembly, and its loop has fewer handlers than V8 can still optimise well', () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const tier0 = createTier0(memory);
  expect(tier0.moduleBytes).toBeGreaterThan(1000);
  expect(HANDLERS.filter((h) => !h.outlined).length).toBeLessThan(500);
});

it('no two handlers share a key', () => {
  expect(new Set(HANDLERS.map((h) => h.key)).size).toBe(HANDLERS.length);
});

import { expect, it } from 'vitest';
import { createTier0 } from './interpreter.ts';
import { HANDLER_BY_KEY, HANDLERS } from './shapes.ts';

it('the generated module is valid WebAssembly, and its loop has fewer handlers than V8 can still optimise well', () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const tier0 = createTier0(memory);
  expect(tier0.moduleBytes).toBeGreaterThan(1000);
  expect(HANDLERS.filter((h) => !h.outlined).length).toBeLessThan(500);
});

it('no two handlers share a key', () => {
  expect(HANDLER_BY_KEY.size).toBe(HANDLERS.length);
});

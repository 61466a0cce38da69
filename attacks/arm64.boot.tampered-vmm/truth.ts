import { symbol, truthOf } from '../truth.ts';

/** The VMM's image as loaded holds the implant in place of its check, and an instruction of it has run. */
export const truth = truthOf(Number.POSITIVE_INFINITY, (view) => {
  const implant = view.image('payload').bytes;
  const check = Number(symbol(view.image('vmm'), 'introspect_tick'));
  const loaded = Buffer.from(view.peek(check, implant.length));
  return view.firstHostileInstruction !== undefined && loaded.equals(implant);
});

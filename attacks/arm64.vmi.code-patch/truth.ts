import { type BuiltImage, type MachineView, symbol, truthOf } from '../truth.ts';

/** The code that introspects in this run: tvmi's agent, or without a monitor the VMM's conventional check. */
function introspection(view: MachineView): { image: BuiltImage; start: number; end: number } {
  const agent = view.images.get('agent');
  const image = agent ?? view.image('vmm');
  const prefix = agent ? 'rw_text' : 'rw_check';
  const start = Number(symbol(image, `${prefix}_start`));
  const end = Number(symbol(image, `${prefix}_end`));
  if (start >= end) throw new Error(`image ${image.name} has no code between ${prefix}_start and ${prefix}_end`);
  return { image, start, end };
}

/** Sampled: its bytes in physical memory are not those that were built. */
export const truth = truthOf(50_000, (view) => {
  const { image, start, end } = introspection(view);
  const built = image.bytes.subarray(start - image.load, end - image.load);
  const found = view.peek(start, end - start);
  return built.some((byte, index) => byte !== found[index]);
});

import { readU64, symbol, truthOf } from '../truth.ts';

/** Sampled: the pointer by which the VMM's introspection service reads guest memory leads outside the VMM's text. */
export const truth = truthOf(50_000, (view) => {
  const image = view.image('vmm');
  const target = readU64(view, Number(symbol(image, 'rw_vmi_read')));
  return target < symbol(image, 'rw_text_start') || target >= symbol(image, 'rw_text_end');
});

/**
 * Turns a control-flow graph into nested loops and lists, the only control flow that WebAssembly has. A strongly connected
 * component is a loop; blocks of it that are entered from outside are its heads; without the edges back to the heads,
 * its inside is structured the same way. Loops with several heads get a dispatch at their top.
 */

export type Item =
  | { readonly kind: 'block'; readonly block: number }
  | {
      readonly kind: 'loop';
      readonly heads: readonly number[];
      readonly body: readonly Item[];
      readonly blocks: ReadonlySet<number>;
    };

/** Blocks that an item holds. */
export const blocksOf = (item: Item): ReadonlySet<number> =>
  item.kind === 'block' ? new Set([item.block]) : item.blocks;

/**
 * @param successors edges of the graph
 * @param entries blocks entered from outside
 * @returns items in an order in which every edge leads forward, but for those back to the head of a loop around them
 */
export function structure(successors: readonly (readonly number[])[], entries: ReadonlySet<number>): Item[] {
  const all = successors.map((_, i) => i);
  return arrange(all, entries, new Set());

  function arrange(blocks: readonly number[], outside: ReadonlySet<number>, closed: ReadonlySet<number>): Item[] {
    const inside = new Set(blocks);
    const edges = (b: number): number[] => successors[b].filter((s) => inside.has(s) && !closed.has(s));
    return components(blocks, edges).map((component): Item => {
      const first = component[0];
      if (component.length === 1 && !edges(first).includes(first)) return { kind: 'block', block: first };
      const members = new Set(component);
      const heads = component.filter(
        (b) => outside.has(b) || blocks.some((from) => !members.has(from) && edges(from).includes(b)),
      );
      const chosen = heads.length > 0 ? heads : [first];
      const body = arrange(component, new Set(), new Set([...closed, ...chosen]));
      return { kind: 'loop', heads: chosen, body, blocks: members };
    });
  }
}

/** Strongly connected components in topological order (Tarjan, without recursion). */
function components(blocks: readonly number[], edges: (b: number) => readonly number[]): number[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack = new Set<number>();
  const stack: number[] = [];
  const result: number[][] = [];
  let counter = 0;
  for (const root of blocks) {
    if (index.has(root)) continue;
    const frames: { block: number; next: number; out: readonly number[] }[] = [];
    const enter = (block: number): void => {
      index.set(block, counter);
      low.set(block, counter++);
      stack.push(block);
      onStack.add(block);
      frames.push({ block, next: 0, out: edges(block) });
    };
    enter(root);
    while (frames.length > 0) {
      const frame = frames[frames.length - 1];
      if (frame.next < frame.out.length) {
        const to = frame.out[frame.next++];
        if (!index.has(to)) enter(to);
        else if (onStack.has(to)) low.set(frame.block, Math.min(low.get(frame.block)!, index.get(to)!));
        continue;
      }
      frames.pop();
      const parent = frames[frames.length - 1];
      if (parent) low.set(parent.block, Math.min(low.get(parent.block)!, low.get(frame.block)!));
      if (low.get(frame.block) !== index.get(frame.block)) continue;
      const component: number[] = [];
      for (;;) {
        const member = stack.pop() as number;
        onStack.delete(member);
        component.push(member);
        if (member === frame.block) break;
      }
      result.push(component.reverse());
    }
  }
  return result.reverse();
}

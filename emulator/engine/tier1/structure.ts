/**
 * Turns a control-flow graph into nested loops and lists, the only control flow that WebAssembly has. A strongly connected
 * component is a loop; blocks of it that the code around it leads to are its heads; without the edges back to the heads,
 * its inside is structured the same way. Entries from outside the graph that fall into a loop beside its heads are its
 * *sides*: they cost a test at its top, and leave the loops within it as they are.
 */

export type Item =
  | { readonly kind: 'block'; readonly block: number }
  | {
      readonly kind: 'loop';
      readonly heads: readonly number[];
      readonly sides: readonly number[];
      readonly body: readonly Item[];
      readonly blocks: ReadonlySet<number>;
    };
export type Loop = Item & { readonly kind: 'loop' };

/** Blocks that an item holds. */
export const blocksOf = (item: Item): ReadonlySet<number> =>
  item.kind === 'block' ? new Set([item.block]) : item.blocks;

/** True if whoever goes to a loop must say which of its blocks is meant. */
export function isDispatched(loop: Loop): boolean {
  const first = loop.body[0];
  return loop.heads.length > 1 || loop.sides.length > 0 || first.kind !== 'block' || first.block !== loop.heads[0];
}

/** Calls `visit` for each loop, those around others first. */
export function eachLoop(items: readonly Item[], visit: (loop: Loop) => void): void {
  for (const item of items) {
    if (item.kind !== 'loop') continue;
    visit(item);
    eachLoop(item.body, visit);
  }
}

/**
 * @param successors edges of the graph
 * @param entries blocks entered from outside
 * @returns items in an order in which every edge leads forward, but for those back to the head of a loop around them
 */
export function structure(successors: readonly (readonly number[])[], entries: ReadonlySet<number>): Item[] {
  return arrange(
    successors.map((_, i) => i),
    new Set(),
  );

  function arrange(blocks: readonly number[], closed: ReadonlySet<number>): Item[] {
    const inside = new Set(blocks);
    const edges = (b: number): number[] => successors[b].filter((s) => inside.has(s) && !closed.has(s));
    const found = components(blocks, edges);
    const componentOf = new Map<number, number>();
    found.forEach((component, i) => {
      for (const b of component) componentOf.set(b, i);
    });
    const reached = new Set<number>();
    for (const from of blocks) {
      for (const to of edges(from)) if (componentOf.get(from) !== componentOf.get(to)) reached.add(to);
    }
    return found.map((component): Item => {
      const first = component[0];
      if (component.length === 1 && !edges(first).includes(first)) return { kind: 'block', block: first };
      const members = new Set(component);
      const natural = component.filter((b) => reached.has(b));
      const heads = natural.length > 0 ? natural : [headOf(component, members)];
      const sides = component.filter((b) => entries.has(b) && !heads.includes(b));
      return { kind: 'loop', heads, sides, body: arrange(component, new Set([...closed, ...heads])), blocks: members };
    });
  }

  /** The head of a loop that nothing in the graph leads to: where a backward edge goes, an entry if possible. */
  function headOf(component: readonly number[], members: ReadonlySet<number>): number {
    const backward = new Set<number>();
    for (const from of component)
      for (const to of successors[from]) if (to <= from && members.has(to)) backward.add(to);
    const sorted = [...backward].sort((a, b) => a - b);
    return sorted.find((b) => entries.has(b)) ?? sorted[0];
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

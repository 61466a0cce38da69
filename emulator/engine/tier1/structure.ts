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
  return new Structurer(successors, entries).items();
}

/** All that is known of a block is in arrays by its number: regions are made while the guest waits. */
class Structurer {
  private readonly successors: readonly (readonly number[])[];
  private readonly entries: ReadonlySet<number>;
  /** The list that a block stands in, innermost. Edges count within a list alone. */
  private readonly list: Int32Array;
  private lists = 0;
  /** 1 for the head of a loop that is being arranged: within it, no edge to the head counts. */
  private readonly closed: Uint8Array;
  /** The component of its list that a block belongs to, -1 while not settled. */
  private readonly component: Int32Array;
  /** When a block was met, 0 for not yet, and the earliest one on the way that it leads back to. */
  private readonly met: Int32Array;
  private readonly low: Int32Array;
  /** How many of a block's edges have been followed. */
  private readonly followed: Int32Array;
  /** 1 where an edge from another component of the list leads. */
  private readonly reached: Uint8Array;

  constructor(successors: readonly (readonly number[])[], entries: ReadonlySet<number>) {
    const count = successors.length;
    this.successors = successors;
    this.entries = entries;
    this.list = new Int32Array(count);
    this.closed = new Uint8Array(count);
    this.component = new Int32Array(count);
    this.met = new Int32Array(count);
    this.low = new Int32Array(count);
    this.followed = new Int32Array(count);
    this.reached = new Uint8Array(count);
  }

  items(): Item[] {
    return this.arrange(this.successors.map((_, i) => i));
  }

  private arrange(blocks: readonly number[]): Item[] {
    const list = ++this.lists;
    for (const b of blocks) this.list[b] = list;
    const found = this.components(blocks, list);
    for (const from of blocks) {
      for (const to of this.successors[from])
        if (this.isEdge(to, list) && this.component[from] !== this.component[to]) this.reached[to] = 1;
    }
    // Heads are settled for the whole list before any of its loops is gone into, which numbers the blocks anew.
    const plans = found.map((component) => ({ component, heads: this.headsOf(component, list) }));
    return plans.map(({ component, heads }): Item => {
      if (heads.length === 0) return { kind: 'block', block: component[0] };
      const sides = component.filter((b) => this.entries.has(b) && !heads.includes(b));
      for (const head of heads) this.closed[head] = 1;
      return { kind: 'loop', heads, sides, body: this.arrange(component), blocks: new Set(component) };
    });
  }

  private isEdge(to: number, list: number): boolean {
    return this.list[to] === list && this.closed[to] === 0;
  }

  /** The heads of the loop that a component is; none if it is no loop. */
  private headsOf(component: readonly number[], list: number): readonly number[] {
    const first = component[0];
    const isLoop = component.length > 1 || (this.isEdge(first, list) && this.successors[first].includes(first));
    if (!isLoop) return [];
    const natural = component.filter((b) => this.reached[b] !== 0);
    for (const b of natural) this.reached[b] = 0;
    return natural.length > 0 ? natural : [this.headOf(component, list)];
  }

  /** The head of a loop that nothing in the graph leads to: where a backward edge goes, an entry if possible. */
  private headOf(component: readonly number[], list: number): number {
    const id = this.component[component[0]];
    let head = -1;
    let entry = -1;
    for (const from of component) {
      for (const to of this.successors[from]) {
        if (to > from || this.list[to] !== list || this.component[to] !== id) continue;
        if (head < 0 || to < head) head = to;
        if (this.entries.has(to) && (entry < 0 || to < entry)) entry = to;
      }
    }
    return entry >= 0 ? entry : head;
  }

  /** Strongly connected components of a list in topological order (Tarjan, without recursion). */
  private components(blocks: readonly number[], list: number): number[][] {
    const { successors, component, met, low, followed } = this;
    for (const b of blocks) {
      component[b] = -1;
      met[b] = 0;
      followed[b] = 0;
    }
    const stack: number[] = [];
    const path: number[] = [];
    const result: number[][] = [];
    let clock = 0;
    const enter = (block: number): void => {
      met[block] = low[block] = ++clock;
      stack.push(block);
      path.push(block);
    };
    for (const root of blocks) {
      if (met[root] !== 0) continue;
      enter(root);
      while (path.length > 0) {
        const block = path[path.length - 1];
        if (followed[block] < successors[block].length) {
          const to = successors[block][followed[block]++];
          if (!this.isEdge(to, list)) continue;
          if (met[to] === 0) enter(to);
          else if (component[to] < 0 && met[to] < low[block]) low[block] = met[to];
          continue;
        }
        path.pop();
        const parent = path[path.length - 1];
        if (parent !== undefined && low[block] < low[parent]) low[parent] = low[block];
        if (low[block] !== met[block]) continue;
        const members: number[] = [];
        for (;;) {
          const member = stack.pop() as number;
          component[member] = result.length;
          members.push(member);
          if (member === block) break;
        }
        result.push(members.reverse());
      }
    }
    return result.reverse();
  }
}

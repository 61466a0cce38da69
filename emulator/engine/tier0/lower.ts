/**
 * From instructions to tier 0's records, one block at a time: copies what was lowered before, and fuses a comparison with the
 * branch on it.
 */
import type { Expr, FlagKindName } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import type { BlockSource } from './block-source.ts';
import { RECORD_BYTES } from './records.ts';
import type { RecordSink } from './sink.ts';
import { type BranchStatement, type FlagsStatement, Statements } from './statements.ts';
import { ANY_KIND, LONGEST_TEMPLATE, SAME_KIND, Templates } from './templates.ts';
import { Values } from './values.ts';

/** Instructions between a comparison and its branch at the most. */
const FUSE_DISTANCE = 6;

/** Kinds of flags by number, see {@link FlagKind}; 0 where the kind is not known. */
const KIND_NAMES = Object.keys(FlagKind) as (keyof typeof FlagKind)[];
const kindNumber = (kind: FlagKindName | undefined): number => (kind === undefined ? 0 : FlagKind[kind]);

export class Lowering {
  private readonly sink: RecordSink;
  private readonly values: Values;
  private readonly statements: Statements;
  private readonly templates = new Templates();

  constructor(sink: RecordSink) {
    this.sink = sink;
    this.values = new Values(sink);
    this.statements = new Statements(sink, this.values);
  }

  /** A new block begins. */
  begin(): void {
    this.statements.leads.length = 0;
    this.values.reset();
  }

  /** All records were dropped. */
  forget(): void {
    this.templates.clear();
  }

  /** Constant addresses that the block leads to, as far as they have its high half: low halves, as int32. */
  get leads(): readonly number[] {
    return this.statements.leads;
  }

  /** Ends a block at an instruction that is not part of it. */
  goto(target: bigint): void {
    this.statements.goto(target);
  }

  /**
   * Lowers the instruction at `index` of a block.
   * @returns how many were taken in: more than one where a comparison and the branch on it became one record
   */
  instruction(block: BlockSource, index: number): number {
    const word = block.word(index);
    if (this.copy(word, block.mode)) return 1;
    const { values } = this;
    const { statements, ends, anywhere } = block.instruction(index);
    const last = statements[statements.length - 1];
    if (last?.kind === 'flags') {
      const branch = this.branchOn(last, block, index);
      if (branch >= 0) return this.compareAndBranch(last, block, index, branch);
    }
    const from = this.sink.next;
    const { kind } = values;
    values.listen();
    for (const statement of statements) this.statements.lower(statement);
    // What a comparison becomes depends on what follows it.
    if (anywhere && !ends && last?.kind !== 'flags') this.keep(word, block.mode, kind, from);
    return 1;
  }

  /** Copies the records of an instruction that was lowered before, if they fit here. */
  private copy(word: number, mode: number): boolean {
    const { templates, values } = this;
    const at = templates.find(word, mode);
    if (at < 0 || !values.known.knowsNone(templates.asked(at))) return false;
    const before = templates.kindBefore(at);
    if (before !== ANY_KIND && before !== kindNumber(values.kind)) return false;
    const count = templates.count(at);
    if (count > 0) {
      this.sink.append(templates.records, templates.first(at), count);
      values.appended();
    }
    values.known.forgetAll(templates.written(at));
    const after = templates.kindAfter(at);
    if (after !== SAME_KIND) values.setKind(after === 0 ? undefined : (KIND_NAMES[after] as FlagKindName));
    return true;
  }

  /** Keeps the records of the instruction that was lowered last, where others like it have the same. */
  private keep(word: number, mode: number, kind: FlagKindName | undefined, from: number): void {
    const { sink, values } = this;
    const { asked, written, involved } = values.known;
    const count = (sink.next - from) / RECORD_BYTES;
    if (involved || count > LONGEST_TEMPLATE) return;
    const kindBefore = values.kindAsked ? kindNumber(kind) : ANY_KIND;
    const kindAfter = values.kindSet ? kindNumber(values.kind) : SAME_KIND;
    this.templates.keep(word, mode, { asked, written, kindBefore, kindAfter }, sink.words, from / 4, count);
  }

  /**
   * The branch that a comparison can be fused with: it follows, with nothing between that accesses memory, sets or reads flags, or
   * has to do with the comparison's operands and result.
   * @returns its index in the block, or -1
   */
  private branchOn(flags: FlagsStatement, block: BlockSource, index: number): number {
    const end = Math.min(block.room, index + 1 + FUSE_DISTANCE);
    for (let i = index + 1; i < end; i++) {
      const { statements } = block.instruction(i);
      if (statements.length === 1 && statements[0].kind === 'branch')
        return this.statements.canFuse(flags, statements[0]) ? i : -1;
      if (!statements.every((s) => s.kind === 'set' && isIndependent(s.slot, s.value, flags))) return -1;
    }
    return -1;
  }

  /** Lowers what begins with a comparison and ends with the branch on it. @returns how many instructions that is */
  private compareAndBranch(flags: FlagsStatement, block: BlockSource, index: number, branch: number): number {
    for (const s of block.instruction(index).statements) if (s !== flags) this.statements.lower(s);
    // What stands between them touches neither: nobody can tell that it goes first.
    for (let i = index + 1; i < branch; i++) {
      for (const s of block.instruction(i).statements) this.statements.lower(s);
    }
    this.statements.fuse(flags, block.instruction(branch).statements[0] as BranchStatement);
    return branch - index + 1;
  }
}

/** True if an assignment may go before a flag-setting operation that it follows. */
function isIndependent(slot: number, value: Expr, flags: FlagsStatement): boolean {
  if (slot === flags.slot || reads(flags.a, slot) || (flags.b !== undefined && reads(flags.b, slot))) return false;
  return !readsFlags(value) && (flags.slot === undefined || !reads(value, flags.slot));
}

function reads(expr: Expr, slot: number): boolean {
  if (expr.kind === 'op') return expr.args.some((arg) => reads(arg, slot));
  return expr.kind === 'reg' && expr.slot === slot;
}

function readsFlags(expr: Expr): boolean {
  if (expr.kind === 'op') return expr.op === 'flags' || expr.args.some(readsFlags);
  return expr.kind === 'cond';
}

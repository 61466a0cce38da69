/** How a handler's code reaches what its record names: fields, registers, values of shapes. */
import type { FlagKindName, Width } from '../../ir/ir.ts';
import { type EmitTarget, emitValue, operandWidth, type Push } from '../../ir/micro-ops.ts';
import { Slot } from '../../ir/slots.ts';
import type { Code } from '../../wasm/code.ts';
import { Op } from '../../wasm/opcodes.ts';
import { emitDirectCondition, emitPackedCondition, kindWidth } from '../conditions.ts';
import type { Frame } from './frame.ts';
import { Field } from './records.ts';
import type { Shape } from './shapes.ts';

export const OPERAND_FIELDS = [Field.a, Field.b, Field.c, Field.e] as const;

export class Operands {
  private readonly c: Code;
  private readonly frame: Frame;
  private readonly target: EmitTarget;
  private operand = 0;
  private fields: readonly number[] = OPERAND_FIELDS;
  /** Where the record that is being done begins: the second of a pair stands behind the first. */
  offset = 0;

  constructor(c: Code, frame: Frame, target: EmitTarget) {
    this.c = c;
    this.frame = frame;
    this.target = target;
  }

  /** The values that follow take their operands from these fields. */
  begin(fields: readonly number[]): void {
    this.operand = 0;
    this.fields = fields;
  }

  /** Pushes a u16 field of the record. */
  field(offset: number): void {
    this.c.get(this.frame.record);
    this.c.memory(Op.i32Load16U, this.offset + offset);
  }

  slotAddress(field: number): void {
    this.field(field);
  }

  slotValue(field: number, width: Width): void {
    this.field(field);
    this.c.memory(width === 64 ? Op.i64Load : Op.i32Load, 0);
  }

  recordConstant(): void {
    this.c.get(this.frame.record);
    this.c.memory(Op.i64Load, Field.imm64);
  }

  /** Pushes the value of a shape, taking the record's operand fields in order. */
  value(shape: Shape): void {
    this.prepare(shape)();
  }

  /** Gives each leaf its field, first to last; the result may be pushed more than once. */
  private prepare(shape: Shape): Push {
    const c = this.c;
    if ('leaf' in shape) {
      const field = this.fields[this.operand++];
      const { offset } = this;
      if (shape.leaf === 'r') return () => this.slotValue(field, shape.width);
      return () => {
        c.get(this.frame.record);
        c.memory(shape.width === 64 ? Op.i64Load16U : Op.i32Load16U, offset + field);
      };
    }
    if ('pair' in shape) return this.condition(shape.flags, shape.pair);
    const args = shape.args.map((arg) => this.prepare(arg));
    shape.args.forEach((arg, i) => {
      const wanted = operandWidth(shape.op, i, shape.width, shape.source);
      const has = 'pair' in arg ? 32 : arg.width;
      if (has !== wanted) throw new Error(`operand ${i} of ${shape.op} has width ${has}, wants ${wanted}`);
    });
    return () => emitValue(this.target, shape.op, shape.width, shape.source, args);
  }

  private condition(flags: FlagKindName | null, pair: number): Push {
    const c = this.c;
    if (flags === null) {
      return () => {
        this.target.pushFlags();
        c.set(this.frame.b32);
        emitPackedCondition(c, pair, () => c.get(this.frame.b32));
      };
    }
    const load = kindWidth(flags) === 64 ? Op.i64Load : Op.i32Load;
    const push = (offset: number) => (): void => {
      c.i32(0);
      c.memory(load, offset);
    };
    return () => emitDirectCondition(c, flags, pair, push(Slot.FLAG_A * 8), push(Slot.FLAG_B * 8));
  }
}

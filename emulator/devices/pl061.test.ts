import { expect, it } from 'vitest';
import { Gpio, Pl061 } from './pl061.ts';
import { FakeContext, FakeLine, Port } from './testing.ts';

function bench() {
  const context = new FakeContext();
  const line = new FakeLine();
  const outputs = [new FakeLine(), new FakeLine()];
  const gpio = new Pl061('gpio', context, line, outputs);
  return { context, line, outputs, gpio, p: new Port(gpio) };
}

it('address bits 9:2 mask an access to GPIODATA (3.3.1)', () => {
  const { p } = bench();
  p.set(Gpio.DIR, 0xff);
  p.set(0xff << 2, 0xa5);
  p.set(0x0f << 2, 0x00);
  expect(p.get(0xff << 2)).toBe(0xa0);
  expect(p.get(0x20 << 2)).toBe(0x20);
});

it('a line is driven only as an output (3.3.2)', () => {
  const { p, outputs } = bench();
  p.set(0x01 << 2, 1);
  p.set(Gpio.DIR, 3);
  expect(outputs.map((o) => o.level)).toEqual([false, false]);
  p.set(0x01 << 2, 1);
  expect(outputs.map((o) => o.level)).toEqual([true, false]);
  p.set(0x02 << 2, 2);
  expect(outputs[1].level).toBe(true);
});

it('edges and levels interrupt as GPIOIS, GPIOIBE, GPIOIEV say (3.3.3-3.3.5)', () => {
  const { p, gpio, line } = bench();
  p.set(Gpio.IE, 0x08);
  gpio.setInput(3, true); // IEV = 0: falling edge
  expect(line.level).toBe(false);
  gpio.setInput(3, false);
  expect(line.level).toBe(true);
  p.set(Gpio.IC, 0x08);
  expect(line.level).toBe(false);
  p.set(Gpio.IBE, 0x08);
  gpio.setInput(3, true);
  expect(p.get(Gpio.MIS)).toBe(0x08);
  p.set(Gpio.IS, 0x08);
  p.set(Gpio.IEV, 0x08);
  p.set(Gpio.IC, 0x08);
  expect(line.level).toBe(true); // the level stands
  gpio.setInput(3, false);
  expect(line.level).toBe(false);
});

it('identifies itself as part 0x061; GPIOAFSEL is on record as a gap', () => {
  const { p, context } = bench();
  expect([p.get(0xfe0), p.get(0xfe4) & 0xf]).toEqual([0x61, 0x0]);
  p.set(Gpio.AFSEL, 1);
  expect(context.gaps).toEqual(['gpio GPIOAFSEL']);
});

it('a snapshot drives the outputs again', () => {
  const { p, gpio, outputs } = bench();
  const saved = structuredClone(gpio.save());
  p.set(Gpio.DIR, 1);
  p.set(0x01 << 2, 1);
  gpio.reset();
  expect(outputs[0].level).toBe(false);
  gpio.restore(saved);
  expect(p.get(Gpio.DIR)).toBe(0);
});

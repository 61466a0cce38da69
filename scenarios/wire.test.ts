import { expect, test } from 'vitest';
import type { Alarm } from './verdict.ts';
import { type Operator, Reader, Wire } from './wire.ts';

test('a line that nobody tampers with is sent, delivered and believed', () => {
  const wire = new Wire(new Reader());
  wire.line({ text: 'a', time: 1 });
  expect(wire.view).toEqual({ sent: ['a'], delivered: ['a'], believed: ['a'], foreign: [] });
  expect(wire.tamperedAt).toBeUndefined();
});

test('a hostile carrier may drop, alter and add lines; the operator sees what it delivers, at that time', () => {
  const heard: [string, number][] = [];
  const operator: Operator = {
    believed: [],
    line({ text, time }) {
      heard.push([text, time]);
      return text === 'bad' ? 'something is bad' : undefined;
    },
    look: () => undefined,
    end: (time): Alarm[] => [{ id: 'x', component: 'y', instruction: time, cycles: {}, cause: '' }],
  };
  const wire = new Wire(operator, { carry: (line) => (line === 'drop' ? [] : [line.toUpperCase(), 'bad']) });
  expect(wire.line({ text: 'drop', time: 3 })).toEqual([]);
  expect(wire.line({ text: 'b', time: 5 })).toEqual(['something is bad']);
  expect(heard).toEqual([
    ['B', 5],
    ['bad', 5],
  ]);
  expect(wire.view).toMatchObject({ sent: ['drop', 'b'], delivered: ['B', 'bad'] });
  expect(wire.tamperedAt).toBe(3);
  expect(wire.end(9)[0].instruction).toBe(9);
});

test('what is believed in the place of another line, or twice, is foreign', () => {
  const wire = new Wire(new Reader(), { carry: (line) => (line === 'bad' ? ['good'] : [line, line]) });
  for (const text of ['a', 'bad']) wire.line({ text, time: 1 });
  expect(wire.view).toMatchObject({ believed: ['a', 'a', 'good'], foreign: ['a', 'good'] });
});

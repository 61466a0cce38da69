import { expect, it } from 'vitest';
import { SerialLog } from './serial-log.ts';

function log(text: string): SerialLog {
  const out = new SerialLog();
  new TextEncoder().encode(text).forEach((byte, i) => {
    out.put(byte, i);
  });
  return out;
}

it('a line has the time of its end; CR LF and LF end it alike', () => {
  expect(log('ab\r\nc\nd').lines).toEqual([
    { text: 'ab', time: 3 },
    { text: 'c', time: 5 },
  ]);
});

it('a character of several bytes is shown when it is complete, whenever the text is asked for', () => {
  const out = new SerialLog();
  const seen = [...new TextEncoder().encode('aé€😀')].map((byte) => {
    out.put(byte, 0);
    return out.text;
  });
  expect(seen).toEqual(['a', 'a', 'aé', 'aé', 'aé', 'aé€', 'aé€', 'aé€', 'aé€', 'aé€😀']);
});

it('bytes that are no UTF-8 do not stop the log', () => {
  const out = new SerialLog();
  for (const byte of [0x80, 0xff, 0x41, 0x0a]) out.put(byte, 0);
  expect(out.lines).toEqual([{ text: '\ufffd\ufffdA', time: 0 }]);
});

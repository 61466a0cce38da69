import { beforeEach, describe, expect, it } from 'vitest';
import { Pl011, Uart, UartFlag, UartInterrupt } from './pl011.ts';
import { SerialLog } from './serial-log.ts';
import { FakeContext, FakeLine, Port } from './testing.ts';

let context: FakeContext;
let line: FakeLine;
let log: SerialLog;
let uart: Pl011;
let p: Port;

const FEN = 1 << 4;
const text = (s: string) => new TextEncoder().encode(s);

beforeEach(() => {
  context = new FakeContext();
  line = new FakeLine();
  log = new SerialLog();
  uart = new Pl011({ name: 'uart0', context, line, onOutput: log.put });
  p = new Port(uart);
});

describe('PL011', () => {
  it('has the reset values of table 3-1', () => {
    expect([Uart.FR, Uart.CR, Uart.IFLS, Uart.IMSC, Uart.LCR_H].map((r) => p.get(r))).toEqual([
      0x90, 0x300, 0x12, 0, 0,
    ]);
  });

  it('identifies itself as part 0x011 (3.3.15)', () => {
    expect([0xfe0, 0xfe4, 0xff0, 0xff4, 0xff8, 0xffc].map((r) => p.get(r))).toEqual([
      0x11, 0x10, 0x0d, 0xf0, 0x05, 0xb1,
    ]);
  });

  it('each byte goes out with the time at which it was written; a line with that of its end', () => {
    for (const c of text('a\nb')) {
      context.advance(100);
      p.set(Uart.DR, c);
    }
    expect(log.text).toBe('a\nb');
    expect(log.lines).toEqual([{ text: 'a', time: 200 }]);
  });

  it('the transmit interrupt follows a write, is masked by IMSC, cleared by ICR (3.3.10-3.3.13)', () => {
    p.set(Uart.DR, 65);
    expect(p.get(Uart.RIS)).toBe(UartInterrupt.TX);
    expect(p.get(Uart.MIS)).toBe(0);
    expect(line.level).toBe(false);
    p.set(Uart.IMSC, UartInterrupt.TX);
    expect(line.level).toBe(true);
    p.set(Uart.ICR, UartInterrupt.TX);
    expect(line.level).toBe(false);
  });

  it('without FIFOs one byte is held, RXFF shows it, the rest waits outside (3.3.3)', () => {
    uart.receive(text('xy'));
    expect(p.get(Uart.FR) & (UartFlag.RXFF | UartFlag.RXFE)).toBe(UartFlag.RXFF);
    expect(p.get(Uart.RIS) & UartInterrupt.RX).not.toBe(0);
    expect(p.get(Uart.DR)).toBe(0x78);
    expect(p.get(Uart.DR)).toBe(0x79);
    expect(p.get(Uart.FR) & UartFlag.RXFE).not.toBe(0);
    expect(p.get(Uart.RIS) & UartInterrupt.RX).toBe(0);
  });

  it('with FIFOs the receive interrupt comes at the level of UARTIFLS and goes below it (2.8.2, 3.3.9)', () => {
    p.set(Uart.LCR_H, FEN);
    p.set(Uart.IFLS, 1 << 3); // a quarter: 4 bytes
    uart.receive(text('abc'));
    expect(p.get(Uart.RIS) & UartInterrupt.RX).toBe(0);
    uart.receive(text('d'));
    expect(p.get(Uart.RIS) & UartInterrupt.RX).not.toBe(0);
    p.get(Uart.DR);
    expect(p.get(Uart.RIS) & UartInterrupt.RX).toBe(0);
  });

  it('the receive timeout comes 32 bit periods after the last byte, and goes with the FIFO empty (2.8.4)', () => {
    p.set(Uart.LCR_H, FEN);
    p.set(Uart.IBRD, 13); // 24 MHz / (16 x 13) = 115384 baud: 32 bits last 277333 ns
    p.set(Uart.IMSC, UartInterrupt.RT);
    uart.receive(text('a'));
    context.advance(277_332);
    expect(line.level).toBe(false);
    context.advance(2);
    expect(line.level).toBe(true);
    p.get(Uart.DR);
    expect(line.level).toBe(false);
  });

  it('changing FEN empties the FIFO', () => {
    p.set(Uart.LCR_H, FEN);
    uart.receive(text('abc'));
    p.set(Uart.LCR_H, 0);
    expect(p.get(Uart.FR) & UartFlag.RXFE).not.toBe(0);
  });

  it('LBE turns output into input; a full FIFO overruns and keeps its content (3.3.8, 3.3.1)', () => {
    p.set(Uart.CR, 0x381);
    p.set(Uart.DR, 0x41);
    p.set(Uart.DR, 0x42);
    expect(log.text).toBe('');
    expect(p.get(Uart.RIS) & UartInterrupt.OE).not.toBe(0);
    expect(p.get(Uart.DR)).toBe(0x41);
  });

  it('a snapshot keeps FIFO, waiting input and the timeout', () => {
    p.set(Uart.LCR_H, FEN);
    p.set(Uart.IMSC, UartInterrupt.RT);
    uart.receive(text('0123456789abcdefgh'));
    const saved = structuredClone(uart.save());
    uart.reset();
    context.advance(1_000_000);
    expect(line.level).toBe(false);
    uart.restore(saved);
    context.advance(1);
    expect(line.level).toBe(true);
    const read = Array.from({ length: 18 }, () => String.fromCharCode(p.get(Uart.DR))).join('');
    expect(read).toBe('0123456789abcdefgh');
  });

  it('DMA is on record as a gap', () => {
    p.set(Uart.DMACR, 1);
    p.get(0x100);
    expect(context.gaps).toEqual(['uart0 UARTDMACR', 'uart0 read at 0x100']);
  });
});

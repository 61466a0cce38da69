/** Small pieces of HTML. */
import { escapeXml } from '../junit.ts';

/** Text that is to be read as text. */
export const text = escapeXml;

/** An attribute with its leading blank. */
export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeXml(value)}"`;
}

/** Data within a script element: `<` is written so that nothing in it can end the element. */
export function scriptData(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

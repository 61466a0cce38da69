/** JUnit XML, as continuous integration reads it: one test case per run. */
import type { Result } from '../scenarios/result.ts';
import { headline } from './text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What is no character of XML 1.0 (2.2, production Char). */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Text within XML: what needs it is escaped, and what XML forbids is left out. */
export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, '').replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

/** Why a run differs, in a line. */
export function difference(result: Result): string {
  if (result.end !== (result.expected.end ?? 'power-off')) return `the run ended by ${result.end}`;
  const expected = `${result.expected.effect ?? '-'}/${result.expected.detection}`;
  return `expected ${expected}, found ${result.effect ?? '-'}/${result.detection}`;
}

function testCase(result: Result): string {
  const open = `  <testcase classname="${escapeXml(result.system)}" name="${escapeXml(headline(result))}"`;
  if (result.agrees) return `${open}/>`;
  const tag = result.end === 'crash' || result.end === 'error' ? 'error' : 'failure';
  const body = escapeXml(`${result.expected.reason}\nrun ${result.run}`);
  return `${open}>\n    <${tag} message="${escapeXml(difference(result))}">${body}</${tag}>\n  </testcase>`;
}

/** A whole document. */
export function junit(results: readonly Result[]): string {
  const wrong = results.filter((result) => !result.agrees);
  const errors = wrong.filter((result) => result.end === 'crash' || result.end === 'error').length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="ringwarden" tests="${results.length}" failures="${wrong.length - errors}" errors="${errors}">`,
    ...results.map(testCase),
    '</testsuite>',
    '',
  ].join('\n');
}

/** Test Anything Protocol, version 14: one test point per run. */
import type { Result } from '../scenarios/result.ts';
import { difference } from './junit.ts';
import { headline } from './text.ts';

/** A whole document. */
export function tap(results: readonly Result[]): string {
  const points = results.flatMap((result, index) => {
    const name = headline(result).replace(/[#\\]/g, '\\$&');
    const point = `${result.agrees ? 'ok' : 'not ok'} ${index + 1} - ${name}`;
    if (result.agrees) return [point];
    return [point, '  ---', `  message: ${JSON.stringify(difference(result))}`, `  run: ${result.run}`, '  ...'];
  });
  return ['TAP version 14', `1..${results.length}`, ...points, ''].join('\n');
}

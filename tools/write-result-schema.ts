/** Writes docs/result.schema.json, the JSON Schema of a result line, from its definition in `scenarios/result.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../scenarios/paths.ts';
import { resultJsonSchema } from '../scenarios/result.ts';

writeFileSync(join(PACKAGE_ROOT, 'docs', 'result.schema.json'), `${JSON.stringify(resultJsonSchema(), null, 2)}\n`);

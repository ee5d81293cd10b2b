import { join } from 'node:path';
import { embeddedStack } from '../kit/embedded-stack.ts';
import { pythonEnvironment } from '../kit/python-environment.ts';
import { report } from '../kit/report.ts';
import { PYTHON_PACKAGES } from '../versions.ts';
import { fuzzApi } from './fuzz-api.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { toComparisons } from './to-comparisons.ts';

const program = join(await pythonEnvironment(PYTHON_PACKAGES.schemathesis), 'schemathesis');
await using embedded = await embeddedStack();

const fuzzed = await fuzzApi(program, embedded.stack, embedded.folder);
report(
  `${PYTHON_PACKAGES.schemathesis[0]} on the gateway, ${fuzzed.answers.length} checks of answers`,
  toComparisons(fuzzed),
  KNOWN_DIFFERENCES,
);

import { join } from 'node:path';
import { awsProgram } from '../kit/aws-program.ts';
import { embeddedStack } from '../kit/embedded-stack.ts';
import { report } from '../kit/report.ts';
import { PYTHON_PACKAGES } from '../versions.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { runSession } from './run-session.ts';

await using embedded = await embeddedStack();
const { stack, folder } = embedded;
const aws = await awsProgram({ ...stack, endpointUrl: stack.awsEndpointUrl });

const comparisons = await runSession({ aws, stack, folder: join(folder, 'files') });
report(`${PYTHON_PACKAGES.awsCli[0]} on the embedded stack`, comparisons, KNOWN_DIFFERENCES);

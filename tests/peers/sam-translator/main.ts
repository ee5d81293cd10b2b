import { join, relative } from 'node:path';
import { pythonEnvironment } from '../kit/python-environment.ts';
import { report } from '../kit/report.ts';
import { PYTHON_PACKAGES } from '../versions.ts';
import { compareTemplates } from './compare-templates.ts';
import { findTemplateFiles } from './embedded-templates.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** With a key of one's own and without, so that both arms of the conditions are read. */
const VARIANTS = [
  { name: 'as it comes', overrides: { Stage: 'local' } },
  { name: 'with a key', overrides: { Stage: 'peer', KmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1' } },
] as const;

const python = join(await pythonEnvironment(PYTHON_PACKAGES.samTranslator), 'python');
const readings = findTemplateFiles().flatMap((file) =>
  VARIANTS.map(({ name, overrides }) => ({ file, overrides, label: `${relative(ROOT, file)}, ${name}` })),
);
const comparisons = await compareTemplates(python, readings);
report(`${PYTHON_PACKAGES.samTranslator[0]} and the resolver of the embedded stack`, comparisons, KNOWN_DIFFERENCES);

import type { ExitCode } from '../exit-code.ts';
import { connectTo } from '../installation/connect-to.ts';
import { findPlace } from '../installation/place.ts';
import { readRunningTable } from '../installation/read-running-table.ts';
import type { Output } from '../output/output.ts';
import { deployTable } from '../releases/index.ts';
import { compileSource } from './compile-source.ts';
import { confirmer } from './confirm.ts';
import { deployPolicy } from './deploy-policy.ts';
import { readPolicySource } from './read-policy-source.ts';
import { whileWatching } from './while-watching.ts';

export type DeployFlags = {
  emergency?: boolean;
  message?: string;
  yes?: boolean;
  follow?: boolean;
  stage?: string;
  stack?: string;
  json?: boolean;
};
type DeployToInput = { file: string | undefined; options: DeployFlags; from: string; output: Output; now: Date };

/** Releases a policy file to the installation that the options name. */
export async function deployTo({ file, options, from, output, now }: DeployToInput): Promise<ExitCode> {
  const { emergency, message, follow, json } = options;
  const source = readPolicySource(file, { from });
  const installation = await connectTo(findPlace(options, from));
  const compiled = compileSource(source, { allowed: installation.allowed, now });
  const more = {
    ...(message !== undefined && { description: message }),
    ...(emergency !== undefined && { emergency }),
    ...(follow !== undefined && { follow }),
  };
  return deployPolicy(
    { source, compiled, emergency, json },
    {
      installationName: installation.name,
      readRunningTable: () => readRunningTable(installation),
      deploy: ({ expectVersion, ...input }) =>
        whileWatching((signal) =>
          deployTable(installation, { ...input, ...more, signal, ...(expectVersion !== undefined && { expectVersion }) }),
        ),
      // Standard input may be the policy itself.
      confirm: file === '-' ? undefined : confirmer({ yes: options.yes, output }),
      output,
    },
  );
}

import { join } from 'node:path';
import { PYTHON_PACKAGES } from '../versions.ts';
import { callProgram } from './call-program.ts';
import { PYTHON_NEEDS, pythonEnvironment } from './python-environment.ts';

/** Runs `aws` with these words; gives its answer, parsed where it is JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the answer is what the operation's AWS documentation says.
export type Aws = (...words: string[]) => Promise<any>;

export type AwsPlace = {
  endpointUrl: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

const CALL_TIMEOUT_MS = 60_000;

/** awscli for a server of this machine: with no configuration of the person who runs this, and no way out. */
export async function awsProgram({ endpointUrl, region, credentials }: AwsPlace): Promise<Aws> {
  const program = join(await pythonEnvironment(PYTHON_PACKAGES.awsCli), 'aws');
  const environment = {
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    PYTHONUTF8: '1',
  };
  return async (...words) => {
    // Twice, because awscli 1 heeds neither alone: some clients read only the option, and "cloudformation package" only the environment.
    const command = [program, '--endpoint-url', endpointUrl, ...words];
    const output = await callProgram(command, { timeoutMs: CALL_TIMEOUT_MS, environment, needs: PYTHON_NEEDS });
    return output.trimStart().startsWith('{') ? JSON.parse(output) : output;
  };
}

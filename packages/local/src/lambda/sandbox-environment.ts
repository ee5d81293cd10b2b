import { devNull } from 'node:os';
import type { FunctionDefinition } from './function-definition.ts';

/**
 * The whole environment of a sandbox: the function's variables, what Lambda gives, and the way to the embedded AWS.
 * Nothing of the host's environment is in it, so a handler that works here has all it needs in its template.
 */
export function sandboxEnvironment(input: {
  definition: FunctionDefinition;
  accessKeyId: string;
  endpointUrl: string;
  region: string;
  logStreamName: string;
}): Record<string, string> {
  const { definition, region } = input;
  return {
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...definition.environment,
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: definition.codeDirectory,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(definition.name),
    AWS_LAMBDA_LOG_STREAM_NAME: input.logStreamName,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: input.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'embedded-aws-checks-no-signature',
    // Not Lambda's own, but what keeps every SDK client on this machine: our endpoint, no metadata service, no ~/.aws.
    AWS_ENDPOINT_URL: input.endpointUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

export function logGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

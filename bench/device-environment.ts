import { devNull } from 'node:os';

/** What Lambda gives a function, and the way to the stub; nothing of this process's own environment. */
export function deviceEnvironment(endpointUrl: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'signalbox-bench-process-standard',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/20/[$LATEST]bench',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCHBENCHBENCH0',
    AWS_SECRET_ACCESS_KEY: 'bench-bench-bench-bench-bench-bench-0000',
    AWS_SESSION_TOKEN: 'bench-session-token'.repeat(20),
    AWS_ENDPOINT_URL: endpointUrl,
    // Keeps every SDK client on this machine, and away from what a developer has configured.
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    NODE_DISABLE_COMPILE_CACHE: '1',
  };
}

/** The variables of ProcessStandardFunction in services/inference/template.yaml; the worker refuses to start when one is missing. */
export function workerEnvironment(endpointUrl: string): Record<string, string> {
  return {
    ...deviceEnvironment(endpointUrl),
    STAGE: 'bench',
    PRIORITY: 'standard',
    // The host of a queue's URL beats the endpoint of the environment.
    QUEUE_URL: `${endpointUrl}/000000000000/signalbox-bench-standard`,
    REJECTED_QUEUE_URL: `${endpointUrl}/000000000000/signalbox-bench-rejected`,
    INFERENCES_TABLE: 'signalbox-bench-inferences',
    OVERLAY_TABLE: 'signalbox-bench-overlay',
    LIMITS_TABLE: 'signalbox-bench-limits',
    DATA_BUCKET: 'signalbox-bench-data',
    EVENT_BUS: 'signalbox-bench',
    APPCONFIG_APPLICATION: 'signalbox-bench',
    APPCONFIG_ENVIRONMENT: 'bench',
    APPCONFIG_PROFILE: 'routing-table',
    POWERTOOLS_SERVICE_NAME: 'inference',
    POWERTOOLS_METRICS_NAMESPACE: 'Signalbox',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

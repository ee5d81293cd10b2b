import type { SecretReference } from '@signalbox/contracts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { asRecord } from '../read-json.ts';
import { describeSecret, SecretError, secretName } from './secret-error.ts';

export type FetchSecret = (reference: SecretReference) => Promise<string>;

/** What the stores say of a secret that is not there, or not for us. */
const MISSING: readonly unknown[] = [
  'ParameterNotFound',
  'ParameterVersionNotFound',
  'ResourceNotFoundException',
  'InvalidRequestException',
  'AccessDeniedException',
  'InvalidKeyId',
  'DecryptionFailure',
];

/**
 * Makes the function that reads a secret from its store. The SDK's clients are used directly and loaded with the first
 * secret: most installations have none. Throws `SecretError`.
 */
export function createFetchSecret(stage: string): FetchSecret {
  return async (reference) => {
    const value = await fetchValue(reference, stage);
    const secret = value?.trim();
    // A key goes into a header: anything but one printable word would be refused there, with less to go by.
    if (!secret || !/^[\x21-\x7e]+$/.test(secret)) {
      throw new SecretError({
        kind: 'missing',
        message: `The ${describeSecret(reference, stage)} is not a key: store the key alone, as plain text.`,
      });
    }
    return secret;
  };
}

async function fetchValue(reference: SecretReference, stage: string): Promise<string | undefined> {
  try {
    const name = secretName(reference, stage);
    return await (reference.from === 'ssm' ? fetchParameter(name) : fetchManaged(name));
  } catch (cause) {
    const code = asRecord(cause).name;
    const what = describeSecret(reference, stage);
    if (MISSING.includes(code)) {
      const message = `The ${what} cannot be read (${String(code)}): create it, or allow this role to read it.`;
      throw new SecretError({ kind: 'missing', message, cause });
    }
    throw new SecretError({ kind: 'unavailable', message: `The ${what} cannot be read now (${String(code)}).`, cause });
  }
}

async function fetchParameter(name: string): Promise<string | undefined> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(clientOptions());
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  return Parameter?.Value;
}

async function fetchManaged(name: string): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(clientOptions());
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  return SecretString;
}

/** A secret is read every five minutes, so no connection is kept; a store that is silent must not hold calls up for long. */
function clientOptions() {
  return {
    maxAttempts: 2,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1000,
      requestTimeout: 3000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    }),
  };
}

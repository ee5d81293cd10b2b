import { randomUUID } from 'node:crypto';
import type { StateFile } from '../events/state-file.ts';
import { AwsError } from '../service.ts';

/** What a version holds: a text, or bytes as base64. */
export type SecretValue = { SecretString: string } | { SecretBinary: string };

export type SecretVersion = { id: string; value: SecretValue; createdAtMs: number };

/** A secret with its current version and the one before, which AWS keeps as well. */
export type Secret = {
  name: string;
  /** The six characters that AWS puts behind the name in the ARN. */
  suffix: string;
  description?: string;
  createdAtMs: number;
  changedAtMs: number;
  current: SecretVersion;
  previous?: SecretVersion;
};

export type SecretStore = {
  /** By name or ARN, whole or without its suffix. Throws ResourceNotFoundException. */
  find(secretId: string): Secret;
  /** Throws ResourceExistsException. */
  create(secret: { name: string; value: SecretValue; description?: string; versionId?: string }): Secret;
  /** The value becomes the current one. The same version id with the same value changes nothing, as on AWS. */
  put(secretId: string, version: { value: SecretValue; versionId?: string }): Secret;
  remove(secretId: string): Secret;
};

export function createSecretStore(state: StateFile<Secret[]>): SecretStore {
  const secrets = new Map((state.read() ?? []).map((secret) => [secret.name, secret]));
  const save = (secret: Secret): Secret => {
    secrets.set(secret.name, secret);
    state.write([...secrets.values()]);
    return secret;
  };
  const find = (secretId: string): Secret => {
    const secret = secrets.get(nameOf(secretId, secrets));
    if (secret === undefined)
      throw new AwsError({ code: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." });
    return secret;
  };

  return {
    find,
    create({ name, value, description, versionId }) {
      if (secrets.has(name)) {
        throw new AwsError({
          code: 'ResourceExistsException',
          message: `The operation failed because the secret ${name} already exists.`,
        });
      }
      const at = Date.now();
      const current = newVersion(value, versionId, at);
      const suffix = randomUUID().slice(0, 6);
      return save({ name, suffix, createdAtMs: at, changedAtMs: at, current, ...(description === undefined ? {} : { description }) });
    },
    put(secretId, { value, versionId }) {
      const secret = find(secretId);
      if (versionId === secret.current.id) return checkSame(secret, value);
      const at = Date.now();
      return save({ ...secret, changedAtMs: at, current: newVersion(value, versionId, at), previous: secret.current });
    },
    remove(secretId) {
      const secret = find(secretId);
      secrets.delete(secret.name);
      state.write([...secrets.values()]);
      return secret;
    },
  };
}

function newVersion(value: SecretValue, versionId: string | undefined, createdAtMs: number): SecretVersion {
  return { id: versionId ?? randomUUID(), value, createdAtMs };
}

function checkSame(secret: Secret, value: SecretValue): Secret {
  if (JSON.stringify(secret.current.value) === JSON.stringify(value)) return secret;
  const message = `You can't use ClientRequestToken ${secret.current.id} because that value is already in use for a version of secret ${secret.name}.`;
  throw new AwsError({ code: 'ResourceExistsException', message });
}

function nameOf(secretId: string, secrets: ReadonlyMap<string, Secret>): string {
  const name = secretId.replace(/^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/, '');
  if (name === secretId || secrets.has(name)) return name;
  return name.replace(/-[a-zA-Z0-9]{6}$/, '');
}

import * as z from 'zod/mini';
import { createJsonService, operation } from '../events/json-operations.ts';
import { createStateFile } from '../events/state-file.ts';
import { AwsError, type AwsService } from '../service.ts';
import { createSecretStore, type Secret, type SecretValue, type SecretVersion } from './secret-store.ts';

const SecretId = z.string().check(z.minLength(1), z.maxLength(2048));
const Name = z.string().check(z.regex(/^[a-zA-Z0-9/_+=.@-]{1,512}$/));
const Token = z.optional(z.string().check(z.minLength(32), z.maxLength(64)));
/** AWS's limit on a value, in bytes. */
const MAX_VALUE_BYTES = 65_536;
const Value = { SecretString: z.optional(z.string()), SecretBinary: z.optional(z.string()) };
const DAY_MS = 86_400_000;
const USUAL_RECOVERY_DAYS = 30;

/**
 * Secrets Manager: secrets made, read, changed and deleted. A value is stored as it is; the current version and the one before are kept, and what is
 * deleted is gone at once, with no time to take it back.
 */
export function createSecretsManager(options: { stateFile?: string; accountId: string }): AwsService {
  const store = createSecretStore(createStateFile<Secret[]>(options.stateFile));
  const arnOf = ({ name, suffix }: Secret, region: string) =>
    `arn:aws:secretsmanager:${region}:${options.accountId}:secret:${name}-${suffix}`;
  const named = (secret: Secret, region: string) => ({ ARN: arnOf(secret, region), Name: secret.name });

  return createJsonService('secretsmanager', {
    CreateSecret: operation(
      z.object({ Name, Description: z.optional(z.string()), ClientRequestToken: Token, ...Value }),
      ({ Name: name, Description: description, ClientRequestToken: versionId, ...given }, { region }) => {
        const secret = store.create({
          name,
          value: readValue(given),
          ...(description === undefined ? {} : { description }),
          ...(versionId === undefined ? {} : { versionId }),
        });
        return { ...named(secret, region), VersionId: secret.current.id };
      },
    ),
    PutSecretValue: operation(
      z.object({ SecretId, ClientRequestToken: Token, ...Value }),
      ({ SecretId: id, ClientRequestToken: versionId, ...given }, { region }) => {
        const secret = store.put(id, { value: readValue(given), ...(versionId === undefined ? {} : { versionId }) });
        return { ...named(secret, region), VersionId: secret.current.id, VersionStages: ['AWSCURRENT'] };
      },
    ),
    GetSecretValue: operation(
      z.object({ SecretId, VersionId: z.optional(z.string()), VersionStage: z.optional(z.string()) }),
      ({ SecretId: id, VersionId, VersionStage }, { region }) => {
        const secret = store.find(id);
        const [version, stage] = findVersion(secret, { VersionId, VersionStage });
        const { id: versionId, value, createdAtMs } = version;
        return { ...named(secret, region), VersionId: versionId, ...value, VersionStages: [stage], CreatedDate: createdAtMs / 1000 };
      },
    ),
    DescribeSecret: operation(z.object({ SecretId }), ({ SecretId: id }, { region }) => {
      const secret = store.find(id);
      const { description, createdAtMs, changedAtMs, current, previous } = secret;
      return {
        ...named(secret, region),
        ...(description === undefined ? {} : { Description: description }),
        CreatedDate: createdAtMs / 1000,
        LastChangedDate: changedAtMs / 1000,
        VersionIdsToStages: { [current.id]: ['AWSCURRENT'], ...(previous ? { [previous.id]: ['AWSPREVIOUS'] } : {}) },
      };
    }),
    DeleteSecret: operation(
      z.object({
        SecretId,
        ForceDeleteWithoutRecovery: z.optional(z.boolean()),
        RecoveryWindowInDays: z.optional(z.int().check(z.gte(7), z.lte(30))),
      }),
      ({ SecretId: id, ForceDeleteWithoutRecovery: isForced, RecoveryWindowInDays: days = USUAL_RECOVERY_DAYS }, { region }) => {
        const secret = store.remove(id);
        return { ...named(secret, region), DeletionDate: (Date.now() + (isForced ? 0 : days * DAY_MS)) / 1000 };
      },
    ),
  });
}

function readValue({
  SecretString: text,
  SecretBinary: bytes,
}: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretValue {
  if ((text === undefined) === (bytes === undefined)) throw invalidRequest('You must provide either SecretString or SecretBinary.');
  const size = text === undefined ? Buffer.byteLength(bytes ?? '', 'base64') : Buffer.byteLength(text);
  if (size > MAX_VALUE_BYTES) throw invalidRequest(`The secret value has ${size} bytes: the maximum is ${MAX_VALUE_BYTES}.`);
  return text === undefined ? { SecretBinary: bytes ?? '' } : { SecretString: text };
}

type Asked = { VersionId: string | undefined; VersionStage: string | undefined };

/** The version asked for by id, by stage or by both; the current one when by neither. */
function findVersion({ current, previous }: Secret, { VersionId: id, VersionStage: stage }: Asked): [SecretVersion, string] {
  const versions: [SecretVersion, string][] = [
    [current, 'AWSCURRENT'],
    ...(previous ? ([[previous, 'AWSPREVIOUS']] as [SecretVersion, string][]) : []),
  ];
  const wanted = id === undefined ? (stage ?? 'AWSCURRENT') : stage;
  const found = versions.find(([version, name]) => (id === undefined || version.id === id) && (wanted === undefined || name === wanted));
  if (found) return found;
  const what = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
  throw new AwsError({ code: 'ResourceNotFoundException', message: `Secrets Manager can't find the specified secret value for ${what}` });
}

function invalidRequest(message: string): AwsError {
  return new AwsError({ code: 'InvalidRequestException', message });
}

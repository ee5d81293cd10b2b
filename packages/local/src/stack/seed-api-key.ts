import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalDynamoDb } from '../dynamodb/local-dynamodb.ts';

const TOKEN = /^sbx_([0-9a-f]{8})_([0-9a-f]{32})$/;
const TOKEN_FILE = 'api-key';

/** The key that `stack.json` hands out: the one of an earlier run over the same data, else a new one. */
export function readOrCreateApiKey(dataDirectory: string | undefined): string {
  if (dataDirectory === undefined) return newToken();
  const file = join(dataDirectory, TOKEN_FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const token = newToken();
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** Lets the key in: every scope, the default tenant. Only a hash of the secret part is stored. */
export async function seedApiKey({
  dynamodb,
  table,
  token,
  now,
}: {
  dynamodb: LocalDynamoDb;
  table: string;
  token: string;
  now: Date;
}): Promise<void> {
  const [, prefix, secret] = TOKEN.exec(token) ?? [];
  if (!prefix || !secret)
    throw new Error(`The API key in the data directory is not of the form sbx_<8 hex>_<32 hex>. Delete the file "${TOKEN_FILE}" there.`);
  await dynamodb.call('PutItem', {
    TableName: table,
    Item: {
      pk: { S: `key#${prefix}` },
      secretHash: { S: createHash('sha256').update(secret).digest('hex') },
      tenant: { S: 'default' },
      scopes: { L: [{ S: '*' }] },
      createdAt: { S: now.toISOString() },
    },
  });
}

function newToken(): string {
  return `sbx_${randomBytes(4).toString('hex')}_${randomBytes(16).toString('hex')}`;
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLocalDynamoDb } from '../dynamodb/local-dynamodb.ts';
import { openPersistence } from '../sqs/fauxqs.ts';
import { createLocalSqs } from '../sqs/local-sqs.ts';

const WRITES = 200;

it('loses nothing it acknowledged when it is killed with -9', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-kill-'));
  const last = await writeUntilKilled(directory);
  const numbers = Array.from({ length: last + 1 }, (_, number) => String(number));

  const sqs = await createLocalSqs({ endpointUrl: 'http://127.0.0.1:2', region: 'us-east-1', directory: join(directory, 'sqs') });
  expect(await receiveAll(sqs)).toEqual(expect.arrayContaining(numbers));
  sqs.close();

  const objects = await openPersistence(join(directory, 's3'));
  for (const number of numbers) expect(objects.readBody('data', number).toString()).toBe(`object ${number}`);
  objects.close();

  const log = () => undefined;
  const dynamodb = await createLocalDynamoDb({
    region: 'us-east-1',
    accountId: '000000000000',
    directory: join(directory, 'dynamodb'),
    log,
  });
  const { Items } = await dynamodb.call('Scan', { TableName: 'items' });
  expect(Items.map((item: { pk: { S: string } }) => item.pk.S)).toEqual(expect.arrayContaining(numbers));
  await dynamodb.close();
  rmSync(directory, { recursive: true });
});

/** The number of the last write that was acknowledged. */
function writeUntilKilled(directory: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, '__fixtures__', 'write-until-killed.ts');
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.split('\n').length > WRITES) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      // What follows the last line break may be half a number.
      const lines = output.split('\n').slice(0, -1);
      if (signal !== 'SIGKILL') return reject(new Error(`The writer ended by itself with code ${code}.`));
      resolve(Number(lines.at(-1)));
    });
  });
}

async function receiveAll(sqs: Awaited<ReturnType<typeof createLocalSqs>>): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages } = await sqs.call('ReceiveMessage', { QueueUrl: sqs.queueUrl('queue'), MaxNumberOfMessages: 10 });
    if (!Messages) return bodies;
    bodies.push(...Messages.map((message: { Body: string }) => message.Body));
  }
}

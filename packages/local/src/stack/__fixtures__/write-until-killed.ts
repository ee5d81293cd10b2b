// Writes one message, object and item after the other into the directory it is given, and prints the number of each when all three are acknowledged.
import { join } from 'node:path';
import { createLocalDynamoDb } from '../../dynamodb/local-dynamodb.ts';
import { createLocalS3 } from '../../s3/local-s3.ts';
import { createLocalSqs } from '../../sqs/local-sqs.ts';

const directory = process.argv[2] ?? '';
const sqs = await createLocalSqs({ endpointUrl: 'http://127.0.0.1:1', region: 'us-east-1', directory: join(directory, 'sqs') });
const s3 = await createLocalS3({ directory: join(directory, 's3') });
const dynamodb = await createLocalDynamoDb({
  region: 'us-east-1',
  accountId: '000000000000',
  directory: join(directory, 'dynamodb'),
  log: ({ message }) => console.error(message),
});
const { url: QueueUrl } = sqs.createQueue('queue');
s3.createBucket('data');
await dynamodb.createTable('items', {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
});
for (let number = 0; ; number += 1) {
  await sqs.call('SendMessage', { QueueUrl, MessageBody: String(number) });
  s3.putObject('data', String(number), `object ${number}`, 'text/plain');
  await dynamodb.call('PutItem', { TableName: 'items', Item: { pk: { S: String(number) } } });
  process.stdout.write(`${number}\n`);
}

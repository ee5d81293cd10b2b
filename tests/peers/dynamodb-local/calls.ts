import { COUNT_ATTRIBUTES } from '@signalbox/controller/health';

export type WireCall = { name: string; operation: string; input: Record<string, unknown> };

const TABLE = 'peer-inferences';
const key = (pk: string) => ({ TableName: TABLE, Key: { pk: { S: pk } } });
const update = (pk: string, more: object) => ({ ...key(pk), ...more });

/** Calls as this project's handlers make them, and calls as they must not be made, in the order in which they are made. */
export const CALLS: readonly WireCall[] = [
  {
    name: 'put a new item',
    operation: 'PutItem',
    input: { TableName: TABLE, Item: { pk: { S: 'a' }, n: { N: '1' }, list: { L: [{ S: 'x' }] } } },
  },
  {
    name: 'put where nothing may be',
    operation: 'PutItem',
    input: { TableName: TABLE, Item: { pk: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(pk)' },
  },
  {
    name: 'put where nothing may be, asking for what is there',
    operation: 'PutItem',
    input: {
      TableName: TABLE,
      Item: { pk: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  },
  { name: 'get', operation: 'GetItem', input: { ...key('a'), ConsistentRead: true } },
  { name: 'get what is not there', operation: 'GetItem', input: key('nothing') },
  {
    name: 'get some attributes',
    operation: 'GetItem',
    input: { ...key('a'), ProjectionExpression: '#n, missing', ExpressionAttributeNames: { '#n': 'n' } },
  },
  {
    name: 'get of a table that is not there',
    operation: 'GetItem',
    input: { TableName: 'no-such-table', Key: { pk: { S: 'a' } } },
  },
  { name: 'get by an empty key', operation: 'GetItem', input: key('') },
  { name: 'get by a key of another type', operation: 'GetItem', input: { TableName: TABLE, Key: { pk: { N: '1' } } } },
  { name: 'get by a key that the table has not', operation: 'GetItem', input: { TableName: TABLE, Key: { id: { S: 'a' } } } },
  {
    name: 'update that fails its condition, of an item',
    operation: 'UpdateItem',
    input: update('a', {
      UpdateExpression: 'SET n = :two',
      ConditionExpression: 'n = :two',
      ExpressionAttributeValues: { ':two': { N: '2' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  },
  {
    name: 'update that fails its condition, of nothing',
    operation: 'UpdateItem',
    input: update('nothing', {
      UpdateExpression: 'SET n = :two',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':two': { N: '2' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  },
  {
    name: 'add to a number, and give what is new',
    operation: 'UpdateItem',
    input: update('a', {
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '0.1' } },
      ReturnValues: 'UPDATED_NEW',
    }),
  },
  {
    name: 'an update that makes an item',
    operation: 'UpdateItem',
    input: update('b', {
      UpdateExpression: 'SET n = if_not_exists(n, :one) + :one, #open = :shard, deadline = :deadline REMOVE gone',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':one': { N: '1' }, ':shard': { S: 'shard' }, ':deadline': { N: '1790000000000' } },
      ReturnValues: 'ALL_NEW',
    }),
  },
  {
    name: 'an update by a reserved word',
    operation: 'UpdateItem',
    input: update('a', { UpdateExpression: 'SET status = :one', ExpressionAttributeValues: { ':one': { N: '1' } } }),
  },
  {
    name: 'an update of all counts of a bucket, by names that are no reserved words',
    operation: 'UpdateItem',
    input: update('counts', {
      UpdateExpression: `ADD ${COUNT_ATTRIBUTES.map((name) => `${name} :one`).join(', ')}`,
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  },
  {
    name: 'an update with a value that it does not use',
    operation: 'UpdateItem',
    input: update('a', { UpdateExpression: 'SET n = :one', ExpressionAttributeValues: { ':one': { N: '1' }, ':two': { N: '2' } } }),
  },
  {
    name: 'an update with a name that it does not use',
    operation: 'UpdateItem',
    input: update('a', {
      UpdateExpression: 'SET n = :one',
      ExpressionAttributeNames: { '#gone': 'gone' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  },
  { name: 'an update with a value that is not given', operation: 'UpdateItem', input: update('a', { UpdateExpression: 'SET n = :one' }) },
  {
    name: 'an update of the key',
    operation: 'UpdateItem',
    input: update('a', { UpdateExpression: 'SET pk = :one', ExpressionAttributeValues: { ':one': { S: 'z' } } }),
  },
  {
    name: 'an item over 400 KB',
    operation: 'PutItem',
    input: { TableName: TABLE, Item: { pk: { S: 'big' }, text: { S: 'x'.repeat(410 * 1024) } } },
  },
  {
    name: 'a query of the index',
    operation: 'Query',
    input: {
      TableName: TABLE,
      IndexName: 'open-by-deadline',
      KeyConditionExpression: '#open = :shard AND deadline < :now',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':shard': { S: 'shard' }, ':now': { N: '1790000000001' } },
      Limit: 10,
    },
  },
  {
    name: 'a query of an index that is not there',
    operation: 'Query',
    input: { TableName: TABLE, IndexName: 'none', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } },
  },
  {
    name: 'a query without its partition',
    operation: 'Query',
    input: {
      TableName: TABLE,
      IndexName: 'open-by-deadline',
      KeyConditionExpression: 'deadline < :now',
      ExpressionAttributeValues: { ':now': { N: '1' } },
    },
  },
  {
    name: 'a consistent read of the index',
    operation: 'Query',
    input: {
      TableName: TABLE,
      IndexName: 'open-by-deadline',
      ConsistentRead: true,
      KeyConditionExpression: '#open = :shard',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':shard': { S: 'shard' } },
    },
  },
  { name: 'delete, and give what was there', operation: 'DeleteItem', input: { ...key('b'), ReturnValues: 'ALL_OLD' } },
  { name: 'delete what is not there', operation: 'DeleteItem', input: { ...key('b'), ReturnValues: 'ALL_OLD' } },
  { name: 'delete under a condition', operation: 'DeleteItem', input: { ...key('b'), ConditionExpression: 'attribute_exists(pk)' } },
  {
    name: 'a batch of reads',
    operation: 'BatchGetItem',
    input: { RequestItems: { [TABLE]: { Keys: [{ pk: { S: 'a' } }, { pk: { S: 'none' } }] } } },
  },
  { name: 'a scan of all', operation: 'Scan', input: { TableName: TABLE } },
  {
    name: 'an update that puts text into the index where a number is sorted by',
    operation: 'UpdateItem',
    input: update('c', { UpdateExpression: 'SET deadline = :text', ExpressionAttributeValues: { ':text': { S: 'soon' } } }),
  },
  { name: 'delete without a word', operation: 'DeleteItem', input: key('c') },
];

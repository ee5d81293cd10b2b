/**
 * Stands in for the DynamoDB client in one build of the controller's consumer: writes of counters succeed at once and are counted,
 * and the turn to judge is always somebody else's, so that counting is measured alone.
 */
type Input = { Key?: Record<string, { S?: string }>; TableName?: string };
const store = globalThis as typeof globalThis & { benchCounterWrites?: number };

class Command {
  readonly input: Input;
  constructor(input: Input) {
    this.input = input;
  }
}
export class UpdateItemCommand extends Command {}
export class GetItemCommand extends Command {}
export class PutItemCommand extends Command {}
export class QueryCommand extends Command {}
export class BatchGetItemCommand extends Command {}

export class ConditionalCheckFailedException extends Error {
  readonly Item = { takenAt: { N: String(Date.now()) } };
}

export class DynamoDBClient {
  readonly config = {};
  async send(command: Command): Promise<Record<string, never>> {
    const { Key } = command.input;
    if (!(command instanceof UpdateItemCommand)) throw new Error('the consumer reads nothing while it is not its turn to judge');
    if (Key?.kind?.S === 'lease') throw new ConditionalCheckFailedException();
    if (!Key?.target) throw new Error(`the consumer wrote an item that is no counter: ${JSON.stringify(Key)}`);
    store.benchCounterWrites = (store.benchCounterWrites ?? 0) + 1;
    return {};
  }
}

export function paginateQuery(): never {
  throw new Error('the consumer reads no counters while it is not its turn to judge');
}

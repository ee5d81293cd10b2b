/** Stands in for the DynamoDB client in one build of the worker: every write succeeds at once and every item is absent. */
export class DynamoDBClient {
  readonly config = {};
  /** Powertools looks for these two before it takes a client. */
  readonly middlewareStack = { identify: () => [], addRelativeTo: () => undefined };
  send(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }
}

class Command {
  readonly input: unknown;
  constructor(input: unknown) {
    this.input = input;
  }
}
export class UpdateItemCommand extends Command {}
export class GetItemCommand extends Command {}
export class QueryCommand extends Command {}
export class BatchGetItemCommand extends Command {}
export class ConditionalCheckFailedException extends Error {}

export function paginateQuery(): never {
  throw new Error('the worker reads no pages of items');
}

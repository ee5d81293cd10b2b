import { createRequire } from 'node:module';
import { AwsError } from '../service.ts';

type Callback = (error: unknown, value?: unknown) => void;
type Database = {
  put(key: string, value: unknown): Promise<void>;
  get(key: string): Promise<unknown>;
  del(key: string): Promise<void>;
  iterator(range: { gte: string; lt: string }): AsyncIterable<[string, unknown]>;
  open(): Promise<void>;
  close(): Promise<void>;
};
type Store = {
  db: Database;
  tableDb: { awsRegion: string; awsAccountId: string; put(key: string, value: unknown, callback: Callback): void };
  lifecycleManager: { setShutdownTimeout(milliseconds: number): void };
};
type Parameters = Record<string, unknown>;
type Validation = { types: unknown; custom: unknown };
type Validations = {
  checkTypes(data: Parameters, types: unknown): Parameters;
  checkValidations(data: Parameters, types: unknown, custom: unknown, store: Store): void;
};
type Engine = {
  create(options: { path?: string | undefined; createTableMs: number; deleteTableMs: number; updateTableMs: number }): Store;
  checkConditional(data: Parameters, item: unknown): ({ body?: Record<string, unknown> } & Error) | null | undefined;
};

/** Operations of dynalite that are called as they are; it also has old ones that its shim here replaces. */
const OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'ListTagsOfResource',
  'UpdateItem',
  'UpdateTable',
] as const;

const TABLE_MS = 1;
const CLOSE_TIMEOUT_MS = 2000;

/** dynalite's tables and operations without its HTTP server: that costs more than the operation itself. */
export type Dynalite = {
  has(operation: string): boolean;
  /** Performs one operation; throws `AwsError` where a client would see one. */
  call(operation: string, parameters: object): Promise<Record<string, unknown>>;
  /** Key-value store beside the tables, for what dynalite does not keep. */
  database: Database;
  /** A table whose creation a crash cut short stays `CREATING` for ever unless somebody says this. */
  activateTable(description: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
};

const require = createRequire(import.meta.url);
const engine = require('dynalite/db') as Engine;
const validations = require('dynalite/validations') as Validations;
returnOldItemOnFailure();

/** Opens the tables in `directory`, or in memory. */
export async function openDynalite({
  directory,
  region,
  accountId,
}: {
  directory?: string | undefined;
  region: string;
  accountId: string;
}): Promise<Dynalite> {
  const store = engine.create({ path: directory, createTableMs: TABLE_MS, deleteTableMs: TABLE_MS, updateTableMs: TABLE_MS });
  await store.db.open();
  store.tableDb.awsRegion = region;
  store.tableDb.awsAccountId = accountId;
  store.lifecycleManager.setShutdownTimeout(CLOSE_TIMEOUT_MS);
  const operations = new Map(OPERATIONS.map((name) => [name as string, loadOperation(name)]));
  return {
    has: (operation) => operations.has(operation),
    call: (operation, parameters) => perform({ operation, parameters: { ...parameters }, operations, store }),
    database: store.db,
    activateTable: (description) =>
      new Promise((resolve, reject) => {
        const done: Callback = (error) => (error ? reject(error) : resolve());
        store.tableDb.put(String(description.TableName), { ...description, TableStatus: 'ACTIVE' }, done);
      }),
    close: () => store.db.close(),
  };
}

type Operation = { validation: Validation; act: (store: Store, data: Parameters, callback: Callback) => void };

function loadOperation(operation: string): Operation {
  const name = operation.charAt(0).toLowerCase() + operation.slice(1);
  return {
    validation: require(`dynalite/validations/${name}`) as Validation,
    act: require(`dynalite/actions/${name}`) as Operation['act'],
  };
}

async function perform({
  operation,
  parameters,
  operations,
  store,
}: {
  operation: string;
  parameters: Parameters;
  operations: Map<string, Operation>;
  store: Store;
}) {
  const known = operations.get(operation);
  if (!known) throw new Error(`dynalite has no operation "${operation}".`);
  const { ReturnValuesOnConditionCheckFailure: onFailure } = parameters;
  try {
    const data = validations.checkTypes(parameters, known.validation.types);
    validations.checkValidations(data, known.validation.types, known.validation.custom, store);
    // Checking the types drops what dynalite does not know.
    if (onFailure === 'ALL_OLD') data.ReturnValuesOnConditionCheckFailure = onFailure;
    return await new Promise<Record<string, unknown>>((resolve, reject) => {
      known.act(store, data, (error, value) => (error ? reject(error) : resolve((value ?? {}) as Record<string, unknown>)));
    });
  } catch (error) {
    throw isRefusal(error) ? new DynamoDbError(error) : error;
  }
}

/** dynalite answers a failed condition without the item that failed it; it calls this under the item's lock, so the item is the one checked. */
function returnOldItemOnFailure(): void {
  const check = engine.checkConditional;
  engine.checkConditional = (data, item) => {
    const failure = check(data, item);
    if (failure?.body && item && data.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') failure.body.Item = item;
    return failure;
  };
}

type Refusal = { statusCode: number; body: { __type: string; message?: string; Message?: string } & Record<string, unknown> };

function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;
}

/** An error of DynamoDB with all that its body says, such as the item that failed a condition. */
class DynamoDbError extends AwsError {
  readonly body: Record<string, unknown>;

  constructor({ statusCode, body }: Refusal) {
    super({ code: body.__type, message: body.message ?? body.Message ?? '', status: statusCode });
    this.name = 'DynamoDbError';
    this.body = body;
  }

  override toReply() {
    return { status: this.status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(this.body) };
  }
}

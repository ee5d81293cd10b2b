import type { AttemptsObserved } from './events/attempts-observed.ts';
import type {
  RoutingOverlayChanged,
  TargetDegraded,
  TargetEjected,
  TargetProbing,
  TargetRestored,
  TargetThrottled,
} from './events/controller-events.ts';
import type {
  InferenceCompleted,
  InferenceDeferred,
  InferenceExpired,
  InferenceFailed,
  InferenceRejected,
} from './events/inference-events.ts';
import type { RoutingTableReleased, RoutingTableRolledBack } from './events/routing-events.ts';
import type { ChatCompletion, ChatCompletionChunk } from './http/chat-completion.ts';
import type { ChatCompletionRequest } from './http/chat-completion-request.ts';
import type { EmbeddingsList, EmbeddingsRequest } from './http/embeddings.ts';
import type { ErrorBody } from './http/error-body.ts';
import type { InferenceAccepted } from './http/inference-accepted.ts';
import type { BatchAccepted, InferenceBatch } from './http/inference-batch.ts';
import type { InferenceList } from './http/inference-list.ts';
import type { ModelList, RouteList } from './http/listings.ts';
import type { TargetList } from './http/targets.ts';
import type { UploadRequest, UploadTicket } from './http/upload.ts';
import type { InferenceRequest } from './inference-request.ts';
import type { InferenceResult } from './inference-result.ts';
import type { Attempt } from './outcome.ts';
import type { RoutingOverlay } from './routing-overlay.ts';
import type { RoutingTable } from './routing-table.ts';
import type { StackFile } from './stack-file.ts';

/** A valid sample of each contract: what the generated documents show, and what consumer tests feed to handlers. */
export const inferenceRequest: InferenceRequest = {
  schemaVersion: '1.0',
  id: 'invoice-4711',
  route: 'default',
  messages: [{ role: 'user', content: [{ text: 'What is the capital of France?' }] }],
  inferenceConfig: { maxTokens: 200, temperature: 0 },
  labels: { campaign: 'spring' },
};

export const inferenceAccepted: InferenceAccepted = {
  schemaVersion: '1.0',
  id: 'invoice-4711',
  status: 'accepted',
  route: 'default',
  priority: 'standard',
  location: '/v1/inferences/invoice-4711',
  deadline: '2026-09-22T15:33:20.000Z',
};

export const inferenceBatch: InferenceBatch = { requests: [inferenceRequest] };

export const batchAccepted: BatchAccepted = {
  schemaVersion: '1.0',
  batchId: 'spring-7',
  accepted: 1,
  refused: 1,
  results: [
    { index: 0, accepted: inferenceAccepted },
    {
      index: 1,
      error: {
        message: 'route is not a route of the policy; one of: default',
        type: 'invalid_request_error',
        code: 'unknown_route',
        param: 'requests[1].route',
      },
    },
  ],
};

export const inferenceList: InferenceList = {
  schemaVersion: '1.0',
  inferences: [
    {
      id: 'spring-7.0',
      status: 'succeeded',
      route: 'default',
      priority: 'standard',
      labels: { campaign: 'spring' },
      acceptedAt: '2026-09-21T15:33:20.000Z',
      location: '/v1/inferences/spring-7.0',
    },
  ],
  nextCursor: 'WyJiYXRjaCIsMF0.6ecd8c994036403dbf84cf84',
  progress: { total: 3, accepted: 1, running: 0, succeeded: 1, failed: 0, expired: 0, rejected: 0, missing: 1 },
};

export const errorBody: ErrorBody = {
  error: {
    message: 'messages[0].role must be one of: user, assistant',
    type: 'invalid_request_error',
    code: 'invalid_request',
    param: 'messages[0].role',
    request_id: '0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
  },
};

export const chatCompletionRequest: ChatCompletionRequest = {
  model: 'default',
  messages: [
    { role: 'system', content: 'Answer in one sentence.' },
    { role: 'user', content: 'What is the capital of France?' },
  ],
  max_completion_tokens: 200,
  temperature: 0,
  metadata: { campaign: 'spring' },
  signalbox: { requirements: { degrade: 'never' }, timeoutSeconds: 30 },
};

export const chatCompletion: ChatCompletion = {
  id: 'chatcmpl-0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'amazon.nova-lite-v1:0',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'The capital of France is Paris.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26, prompt_tokens_details: { cached_tokens: 0 } },
};

export const chatCompletionChunk: ChatCompletionChunk = {
  id: 'chatcmpl-0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'amazon.nova-lite-v1:0',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'The capital' }, logprobs: null, finish_reason: null }],
};

export const embeddingsRequest: EmbeddingsRequest = { model: 'search', input: ['red shoes', 'blue shoes'], dimensions: 256 };

export const embeddingsList: EmbeddingsList = {
  object: 'list',
  data: [
    { object: 'embedding', index: 0, embedding: [0.25, -0.5, 0.125] },
    { object: 'embedding', index: 1, embedding: [0.25, 0.5, -0.125] },
  ],
  model: 'amazon.titan-embed-text-v2:0',
  usage: { prompt_tokens: 4, total_tokens: 4 },
};

export const uploadRequest: UploadRequest = {
  bytes: 1_048_576,
  sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
};

export const uploadTicket: UploadTicket = {
  upload: {
    method: 'PUT',
    url: 'https://signalbox-prod-data.s3.us-east-1.amazonaws.com/payloads/acme/6ecd8c99-4036-403d-bf84-cf8400f67836?X-Amz-Signature=0f',
    headers: {
      'content-length': '1048576',
      'content-type': 'application/json',
      'x-amz-checksum-sha256': 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=',
    },
    expiresAt: '2026-09-21T15:48:20.000Z',
  },
  payload: {
    key: 'payloads/acme/6ecd8c99-4036-403d-bf84-cf8400f67836',
    sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  },
};

export const routeList: RouteList = {
  tableVersion: '4f1c2a9be0d3',
  tableSource: 'appconfig',
  defaultRoute: 'default',
  routes: [
    {
      name: 'default',
      operation: 'chat',
      maxTokens: { default: 1024, cap: 4096 },
      models: ['amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'],
      rulesLeadTo: [],
    },
  ],
  replyQueues: ['reports'],
};

export const modelList: ModelList = {
  object: 'list',
  data: [{ id: 'amazon.nova-lite-v1:0', object: 'model', created: 0, owned_by: 'amazon' }],
};

export const targetList: TargetList = {
  tableVersion: '4f1c2a9be0d3',
  tableSource: 'appconfig',
  health: { kind: 'current', seq: 42, publishedAt: '2026-09-21T14:13:20.000Z' },
  panic: [],
  targets: [
    {
      target: 'nova-lite',
      kind: 'bedrock',
      model: 'amazon.nova-lite-v1:0',
      modelId: 'amazon.nova-lite-v1:0',
      region: 'us-east-1',
      class: 'standard',
      routes: ['default'],
      state: 'open',
      share: 0,
      reason: '5 of 5 attempts faulted (503)',
      since: '2026-09-21T14:13:10.000Z',
    },
    {
      target: 'nova-micro',
      kind: 'bedrock',
      model: 'amazon.nova-micro-v1:0',
      modelId: 'amazon.nova-micro-v1:0',
      region: 'us-east-1',
      class: 'simple',
      routes: ['default'],
      state: 'closed',
      share: 1,
    },
  ],
};

export const attempt: Attempt = {
  attemptId: 'invoice-4711#1',
  target: 'nova-lite',
  model: 'amazon.nova-lite-v1:0',
  region: 'us-east-1',
  startedAt: 1_790_000_000_000,
  durationMs: 812,
  outcome: 'succeeded',
  status: 200,
  usage: { inputTokens: 9, outputTokens: 12 },
  probability: 1,
  firstDraw: true,
};

export const inferenceResult: InferenceResult = {
  schemaVersion: '1.0',
  id: 'invoice-4711',
  status: 'succeeded',
  route: 'default',
  output: { message: { role: 'assistant', content: [{ text: 'The capital of France is Paris.' }] } },
  stopReason: 'end_turn',
  servedBy: { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' },
  usage: { inputTokens: 9, outputTokens: 12 },
  costUsd: 0.00000342,
  timing: { queuedMs: 31, totalMs: 860 },
  attempts: [attempt],
  tableVersion: '4f1c2a9be0d3',
  tableSource: 'appconfig',
  labels: { campaign: 'spring' },
  finishedAt: '2026-09-21T15:33:20.860Z',
};

export const routingTable: RoutingTable = {
  schemaVersion: '1.0',
  version: '4f1c2a9be0d3',
  classes: ['standard', 'simple'],
  targets: {
    'nova-lite': {
      id: 'nova-lite',
      kind: 'bedrock',
      model: 'amazon.nova-lite-v1:0',
      modelId: 'amazon.nova-lite-v1:0',
      region: 'us-east-1',
      class: 'standard',
      capabilities: ['tool-use'],
      inputModalities: ['text', 'image', 'video'],
      contextTokens: 300_000,
      maxOutputTokens: 10_000,
      price: { inputPerMTokens: 0.06, outputPerMTokens: 0.24, cacheReadPerMTokens: 0.015, cacheWritePerMTokens: null },
      definition: '9d0c1b2a',
    },
    'nova-micro': {
      id: 'nova-micro',
      kind: 'bedrock',
      model: 'amazon.nova-micro-v1:0',
      modelId: 'amazon.nova-micro-v1:0',
      region: 'us-east-1',
      class: 'simple',
      capabilities: ['tool-use'],
      inputModalities: ['text'],
      contextTokens: 128_000,
      maxOutputTokens: 10_000,
      price: { inputPerMTokens: 0.035, outputPerMTokens: 0.14, cacheReadPerMTokens: 0.00875, cacheWritePerMTokens: null },
      definition: '77aa0e51',
    },
  },
  routes: {
    default: {
      name: 'default',
      operation: 'chat',
      strategy: 'static',
      candidates: [{ target: 'nova-lite', weight: 1 }],
      fallbacks: ['nova-micro'],
      maxTokens: { default: 1024, cap: 4096 },
      limits: { attemptMs: 60_000, firstTokenMs: 10_000, idleMs: 10_000, slowMs: 6_000, maxTargets: 3 },
    },
  },
  replyQueues: { reports: 'signalbox-reply-reports' },
};

export const routingOverlay: RoutingOverlay = {
  schemaVersion: '1.0',
  seq: 42,
  publishedAt: 1_790_000_000_000,
  targets: { 'nova-lite@9d0c1b2a': { state: 'open', share: 0, reason: '5 of 5 attempts faulted (503)', since: 1_789_999_990_000 } },
  panic: [],
};

export const stackFile: StackFile = {
  gatewayUrl: 'http://127.0.0.1:4510',
  consoleUrl: null,
  awsEndpointUrl: 'http://127.0.0.1:4510',
  simulatorUrl: 'http://127.0.0.1:4510/_simulator',
  region: 'us-east-1',
  accountId: '000000000000',
  credentials: { accessKeyId: 'signalbox', secretAccessKey: 'signalbox' },
  apiKey: 'sbx_local_0123456789abcdef',
  queues: {
    interactive: 'http://127.0.0.1:4510/000000000000/signalbox-local-interactive',
    standard: 'http://127.0.0.1:4510/000000000000/signalbox-local-standard',
    bulk: 'http://127.0.0.1:4510/000000000000/signalbox-local-bulk',
    rejected: 'http://127.0.0.1:4510/000000000000/signalbox-local-rejected',
    deadLetter: 'http://127.0.0.1:4510/000000000000/signalbox-local-dead-letter',
  },
  eventBusName: 'signalbox-local',
  appConfig: { application: 'signalbox-local', environment: 'local', profile: 'routing-table' },
  tables: { inferences: 'signalbox-local-inferences' },
  buckets: { data: 'signalbox-local-data' },
  pid: 4711,
};

const metadata = {
  id: 'default#invoice-4711#end',
  version: '1.0',
  occurredAt: '2026-09-21T15:33:20.860Z',
  correlationId: 'invoice-4711',
  causationId: '0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
};
const subject = {
  id: 'invoice-4711',
  tenant: 'default',
  route: 'default',
  priority: 'standard' as const,
  stage: 'local',
  tableVersion: '4f1c2a9be0d3',
  tableSource: 'appconfig' as const,
  features: { inputModalities: ['text'], hasTools: false, labels: { campaign: 'spring' } },
  attempts: [attempt],
  deferrals: 0,
};
const timing = { queuedMs: 31, totalMs: 860 };

export const inferenceCompleted: InferenceCompleted = {
  metadata,
  data: {
    ...subject,
    usage: { inputTokens: 9, outputTokens: 12 },
    costUsd: 0.00000342,
    timing,
    stopReason: 'end_turn',
    servedBy: { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' },
    outputBytes: 94,
  },
};

export const inferenceFailed: InferenceFailed = {
  metadata,
  data: { ...subject, timing, reason: 'refused', error: { code: 'guardrail_intervened', message: 'The model refused the content.' } },
};

export const inferenceExpired: InferenceExpired = { metadata, data: { ...subject, timing, deadline: '2026-09-21T15:33:20.000Z' } };

export const inferenceRejected: InferenceRejected = {
  metadata: { ...metadata, id: 'rejected#0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11' },
  data: {
    messageId: '0f9a5b0e-7d0b-4f63-9d3e-6e0e3b1f6a11',
    priority: 'standard',
    reason: 'malformed',
    problems: [{ path: 'messages[0].role', message: 'must be one of: user, assistant' }],
  },
};

export const inferenceDeferred: InferenceDeferred = {
  metadata: { ...metadata, id: 'default#invoice-4711#deferred-1' },
  data: { ...subject, deferrals: 1, delaySeconds: 5, reason: 'no target could answer: faulted 503' },
};

export const attemptsObserved: AttemptsObserved = {
  metadata: { ...metadata, id: '2f6d6a7e-64a5-4a5f-8f5b-1d5c9f0f9c10', correlationId: 'sandbox-7' },
  data: {
    sandbox: 'sandbox-7',
    stage: 'local',
    tableVersion: '4f1c2a9be0d3',
    observations: [
      {
        target: 'nova-lite',
        definition: '9d0c1b2a',
        route: 'default',
        bucketStart: 1_790_000_000_000,
        outcome: 'succeeded',
        slow: false,
        tenantSlot: 3,
        count: 2,
        latenciesMs: [812, 790],
        bySecond: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
      },
      {
        target: 'nova-lite',
        definition: '9d0c1b2a',
        route: 'default',
        bucketStart: 1_790_000_000_000,
        outcome: 'faulted',
        slow: false,
        tenantSlot: 3,
        count: 2,
        latenciesMs: [12, 9],
        bySecond: [0, 0, 0, 2, 0, 0, 0, 0, 0, 0],
        witnesses: [21],
      },
    ],
  },
};

export const routingTableReleased: RoutingTableReleased = {
  metadata: { ...metadata, id: 'table-7c1e-complete', correlationId: 'deployment-12', causationId: '5tfjcig' },
  data: {
    stage: 'local',
    deploymentNumber: 12,
    description: 'haiku first for long questions',
    previous: { tableVersion: '4f1c2a9be0d3', hostedVersion: 8 },
    current: { tableVersion: 'b07d55c1e2aa', hostedVersion: 9 },
  },
};

export const routingTableRolledBack: RoutingTableRolledBack = {
  metadata: { ...metadata, id: 'table-7c1e-rolled-back', correlationId: 'deployment-12', causationId: '5tfjcig' },
  data: {
    stage: 'local',
    deploymentNumber: 12,
    description: 'haiku first for long questions',
    previous: { tableVersion: 'b07d55c1e2aa', hostedVersion: 9 },
    current: { tableVersion: '4f1c2a9be0d3', hostedVersion: 8 },
    reason: { kind: 'alarm', detail: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:signalbox-local-first-attempts' },
  },
};

const judged = { stage: 'local', target: 'nova-lite', definition: '9d0c1b2a' };
const told = { ...metadata, correlationId: 'nova-lite@9d0c1b2a' };
const closed = { state: 'closed', healthShare: 1, throttleShare: 1, since: 1_789_990_000_000 } as const;
const degraded = { state: 'degraded', healthShare: 0.3, throttleShare: 1, since: 1_790_000_010_000 } as const;
const open = { state: 'open', healthShare: 0, throttleShare: 1, since: 1_790_000_012_000 } as const;
const halfOpen = { state: 'half-open', healthShare: 0.1, throttleShare: 1, since: 1_790_000_046_000 } as const;

export const targetDegraded: TargetDegraded = {
  metadata: { ...told, id: 'nova-lite@9d0c1b2a#1790000000001#degraded' },
  data: { ...judged, previous: closed, current: degraded, reason: 'degraded: 12 of 60 calls failed (20 %); others 1 %' },
};

export const targetEjected: TargetEjected = {
  metadata: { ...told, id: 'nova-lite@9d0c1b2a#1790000000002#open' },
  data: { ...judged, previous: degraded, current: open, reason: 'ejected: 52 of 60 calls failed (87 %)' },
};

export const targetProbing: TargetProbing = {
  metadata: { ...told, id: 'nova-lite@9d0c1b2a#1790000000003#half-open' },
  data: { ...judged, previous: open, current: halfOpen, reason: 'returning: 3 probes passed' },
};

export const targetRestored: TargetRestored = {
  metadata: { ...told, id: 'nova-lite@9d0c1b2a#1790000000004#closed' },
  data: {
    ...judged,
    previous: { ...halfOpen, healthShare: 0.5 },
    current: { ...closed, since: 1_790_000_066_000 },
    reason: 'recovered: well at 50 % of its traffic',
  },
};

export const targetThrottled: TargetThrottled = {
  metadata: { ...told, id: 'nova-lite@9d0c1b2a#1790000030000#throttled' },
  data: {
    ...judged,
    previous: closed,
    current: { ...closed, throttleShare: 0.68 },
    reason: 'throttled: 30 % of 100 calls were over the quota',
  },
};

export const routingOverlayChanged: RoutingOverlayChanged = {
  metadata: { ...metadata, id: 'overlay#1790000013', correlationId: 'overlay' },
  data: {
    stage: 'local',
    previous: { seq: 1_790_000_012, targets: {}, panic: [], suspectSlots: [] },
    current: {
      seq: 1_790_000_013,
      targets: {
        'nova-lite@9d0c1b2a': {
          state: 'open',
          share: 0,
          reason: 'ejected: 52 of 60 calls failed (87 %)',
          since: 1_790_000_012_000,
          latencyMs: 1_250,
        },
      },
      panic: [],
      suspectSlots: [],
    },
    reason: 'nova-lite: ejected: 52 of 60 calls failed (87 %)',
  },
};

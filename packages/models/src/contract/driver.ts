import type { ServerResponse } from 'node:http';
import type { RoutingTarget } from '@signalbox/contracts';
import type { Reply } from '../__fixtures__/start-provider.ts';

/** An answer that a scripted provider gives, in words of no provider. */
export type ScriptedAnswer = {
  text?: string;
  tool?: { id: string; name: string; input: object };
  stop: 'end' | 'tool' | 'filter';
};

/** How one kind of target is spoken to by a scripted provider: the same situations are played through each. */
export type Driver = {
  kind: RoutingTarget['kind'];
  /** The target, with the provider's address where the target holds it. */
  target: (url: string) => RoutingTarget;
  /** A whole answer that used 9 tokens in and 8 out. */
  whole: (answer: ScriptedAnswer) => Reply;
  /** The head of a streamed reply. */
  open: (response: ServerResponse) => ServerResponse;
  frames: {
    text: (words: string, isFirst?: boolean) => Uint8Array;
    toolStart: (id: string, name: string) => Uint8Array;
    toolInput: (json: string) => Uint8Array;
    stop: (reason: ScriptedAnswer['stop']) => Uint8Array;
    /** 9 tokens in, 8 out. */
    bill: Uint8Array;
    /** What no stream of this kind may hold. */
    malformed: Uint8Array;
  };
  errors: { tooLong: Reply; throttled: Reply; serverError: Reply; invalid: Reply; denied: Reply };
  /** A reply with one vector of two numbers for each text of one request. */
  vectors: (count: number) => Reply;
  /** The JSON schema that the provider was asked to hold to. */
  schemaOf: (body: unknown) => unknown;
};

export const TOO_LONG = "This model's maximum context length is 4096 tokens. Please reduce the length of the messages.";

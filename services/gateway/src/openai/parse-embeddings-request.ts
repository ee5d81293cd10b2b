import { EmbeddingsRequest, type InferenceContent, type Requirements } from '@signalbox/contracts';
import { collectLabels } from './collect-labels.ts';
import { INVALID_EMBEDDINGS, UNSUPPORTED_EMBEDDINGS } from './parameter-advice.ts';
import { createProblems, refuseIfAny } from './parameter-problems.ts';
import { readOptions } from './read-options.ts';
import { readShape } from './read-shape.ts';

/** What a request for embeddings asks, in our own words. */
export type ParsedEmbeddings = {
  /** A route, else a model, else a target. */
  model: string;
  /** `input` is a list of texts; `additionalModelRequestFields.dimensions` stands where the request has dimensions. */
  content: InferenceContent;
  encodingFormat: 'float' | 'base64';
  labels?: Record<string, string>;
  sessionId?: string;
  requirements?: Requirements;
  /** The whole call, milliseconds. */
  timeoutMs?: number;
};

/** Reads the body of a request for embeddings. Throws HttpError 400 as `parseChatRequest` does. */
export function parseEmbeddingsRequest(body: unknown): ParsedEmbeddings {
  const request = readShape(EmbeddingsRequest, body, { unsupported: UNSUPPORTED_EMBEDDINGS, invalid: INVALID_EMBEDDINGS });
  const { model, input, dimensions, encoding_format } = request;
  const problems = createProblems();
  const labels = collectLabels(request, problems);
  refuseIfAny(problems);
  return {
    model,
    content: {
      input: typeof input === 'string' ? [input] : input,
      ...(typeof dimensions === 'number' && { additionalModelRequestFields: { dimensions } }),
    },
    encodingFormat: encoding_format ?? 'float',
    ...(labels && { labels }),
    ...readOptions(request.signalbox),
  };
}

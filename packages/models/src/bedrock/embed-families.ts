import type { JsonObject } from '@signalbox/contracts';
import { asCount, asList, asRecord } from '../read-json.ts';

/** How one maker's embedding models are asked by InvokeModel. */
export type EmbedFamily = {
  /** Most texts of one call. */
  textsPerCall: number;
  /** The body for as many texts as one call takes. `fields` are the caller's own, with `dimensions` in the contract's word. */
  toBody: (texts: readonly string[], fields: JsonObject) => JsonObject;
  /** The vectors of a reply, unchecked, and the tokens where the body counts them. */
  readReply: (body: unknown) => { embeddings: unknown[]; inputTokens: number | undefined };
};

const titan: EmbedFamily = {
  textsPerCall: 1,
  toBody: ([inputText = ''], fields) => ({ inputText, ...fields }),
  readReply: (body) => ({ embeddings: [asRecord(body).embedding], inputTokens: asCount(asRecord(body).inputTextTokenCount) }),
};

/** The multimodal one has another name for the dimensions. */
const titanImage: EmbedFamily = {
  ...titan,
  toBody: ([inputText = ''], { dimensions, ...fields }) => ({
    inputText,
    ...(dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
    ...fields,
  }),
};

const cohere: EmbedFamily = {
  textsPerCall: 96,
  toBody: (texts, { dimensions, ...fields }) => ({
    texts: [...texts],
    // It has no default. A search asks for `search_query` in the request's own fields.
    input_type: 'search_document',
    embedding_types: ['float'],
    ...(dimensions !== undefined && { output_dimension: dimensions }),
    ...fields,
  }),
  readReply: (body) => {
    const { embeddings } = asRecord(body);
    return { embeddings: asList(Array.isArray(embeddings) ? embeddings : asRecord(embeddings).float), inputTokens: undefined };
  },
};

const nova: EmbedFamily = {
  textsPerCall: 1,
  toBody: ([value = ''], { dimensions, truncationMode = 'NONE', ...fields }) => ({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'GENERIC_INDEX',
      ...(dimensions !== undefined && { embeddingDimension: dimensions }),
      text: { truncationMode, value },
      ...fields,
    },
  }),
  readReply: (body) => ({
    embeddings: asList(asRecord(body).embeddings).map((each) => asRecord(each).embedding),
    inputTokens: undefined,
  }),
};

/** By what the model's id begins with; the first that fits counts. */
const FAMILIES: readonly (readonly [prefix: string, family: EmbedFamily])[] = [
  ['amazon.titan-embed-image', titanImage],
  ['amazon.titan-embed', titan],
  ['cohere.embed', cohere],
  ['amazon.nova-2-multimodal-embeddings', nova],
];

/** The family of a model in the catalogue's words; undefined for a model that embeds no texts. */
export function embedFamilyOf(model: string): EmbedFamily | undefined {
  return FAMILIES.find(([prefix]) => model.startsWith(prefix))?.[1];
}

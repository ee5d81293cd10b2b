import type { ConverseCommandInput, ContentBlock as SdkContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { BedrockTarget, ContentBlock, ModelCall } from '@signalbox/contracts';

/** A call to a target of Bedrock's own API. */
export type BedrockCall = ModelCall & { target: BedrockTarget };

/** What Converse and ConverseStream both take, made from a call in the contract's words. */
export function toConverseInput({ target, content, inferenceConfig, synthetic }: BedrockCall): ConverseCommandInput {
  const { messages = [], system, toolConfig, outputConfig, additionalModelRequestFields } = content;
  const input = {
    modelId: target.modelId,
    messages: messages.map(({ role, content: blocks }) => ({ role, content: blocks.map(toSdkBlock) })),
    inferenceConfig,
    ...(target.serviceTier && { serviceTier: { type: target.serviceTier } }),
    ...(system && { system }),
    ...(toolConfig && { toolConfig }),
    ...(outputConfig && { outputConfig }),
    ...(additionalModelRequestFields && { additionalModelRequestFields }),
  };
  // The contract's shapes are Converse's own; only exact optional members keep the compiler from seeing it.
  const converse = input as ConverseCommandInput;
  // Bedrock's invocation logs can be filtered by it.
  return synthetic ? { ...converse, requestMetadata: { synthetic: 'true' } } : converse;
}

/** Blocks that carry bytes get them as bytes; every other block already has Converse's form. */
function toSdkBlock(block: ContentBlock): SdkContentBlock {
  return { ...block, ...bytesOf(block) } as SdkContentBlock;
}

function bytesOf({ image, document, video, reasoningContent }: ContentBlock): object | undefined {
  if (image) return { image: { ...image, source: toBytes(image.source) } };
  if (document) return { document: { ...document, source: toBytes(document.source) } };
  if (video) return { video: { ...video, source: toBytes(video.source) } };
  const redacted = reasoningContent?.redactedContent;
  return redacted === undefined ? undefined : { reasoningContent: { redactedContent: Buffer.from(redacted, 'base64') } };
}

function toBytes({ bytes }: { bytes: string }): { bytes: Uint8Array } {
  return { bytes: Buffer.from(bytes, 'base64') };
}

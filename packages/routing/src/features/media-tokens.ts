import type { ContentBlock } from '@signalbox/contracts';

type Media = Pick<ContentBlock, 'image' | 'document' | 'video'>;

/** What Anthropic's guide to vision gives for the largest image that is not scaled down: width x height / 750, 1.15 megapixels. */
const IMAGE_TOKENS = 1_600;
/** A page of a PDF is read as text and as a picture: Anthropic's guide to PDFs gives 1,500 to 3,000 for the text alone. */
const PDF_PAGE_TOKENS = 2_000 + IMAGE_TOKENS;
/** An assumption: PDFs that were typed are some 50 KB a page, and scanned ones more, which is then counted too high. */
const PDF_PAGE_BYTES = 50_000;
/**
 * Bytes of UTF-8 that make a token: 2.8 of JSON, 3.4 of Chinese, 4.2 of Vietnamese, 4.8 of English on the fixtures. The same is assumed of
 * office files, which are packed but full of markup.
 */
const BYTES_PER_TOKEN = 4;
/** Amazon's guide to Nova: a frame a second, 288 tokens each. */
const VIDEO_SECOND_TOKENS = 288;
/** An assumption: 1 Mbit/s. */
const VIDEO_SECOND_BYTES = 125_000;

/** Tokens of an image, document or video, estimated from its size alone: nothing is decoded. The right order of magnitude, no more. */
export function estimateMediaTokens({ image, document, video }: Media): number {
  if (image) return IMAGE_TOKENS;
  if (video) return Math.ceil(bytesOf(video) / VIDEO_SECOND_BYTES) * VIDEO_SECOND_TOKENS;
  return document ? estimateDocument(document) : 0;
}

function estimateDocument(document: NonNullable<ContentBlock['document']>): number {
  const bytes = bytesOf(document);
  if (document.format === 'pdf') return Math.ceil(bytes / PDF_PAGE_BYTES) * PDF_PAGE_TOKENS;
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** Three bytes are four characters of Base64. */
function bytesOf({ source }: { source: { bytes: string } }): number {
  return (source.bytes.length * 3) / 4;
}

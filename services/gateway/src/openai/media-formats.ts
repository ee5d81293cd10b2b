import type { ContentBlock } from '@signalbox/contracts';

export type ImageFormat = NonNullable<ContentBlock['image']>['format'];
export type DocumentFormat = NonNullable<ContentBlock['document']>['format'];
/** A format, and what its first bytes are in hexadecimal; text formats have none. */
type MediaFormat<Format> = { format: Format; begins?: RegExp };

const JPEG = /^ffd8ff/;
const ZIP = /^504b0304/;
const OLE = /^d0cf11e0a1b11ae1/;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

export const IMAGE_FORMATS: ReadonlyMap<string, MediaFormat<ImageFormat>> = new Map<string, MediaFormat<ImageFormat>>([
  ['image/png', { format: 'png', begins: /^89504e470d0a1a0a/ }],
  ['image/jpeg', { format: 'jpeg', begins: JPEG }],
  ['image/jpg', { format: 'jpeg', begins: JPEG }],
  ['image/gif', { format: 'gif', begins: /^47494638(37|39)61/ }],
  ['image/webp', { format: 'webp', begins: /^52494646.{8}57454250/ }],
]);

export const DOCUMENT_FORMATS: ReadonlyMap<string, MediaFormat<DocumentFormat>> = new Map<string, MediaFormat<DocumentFormat>>([
  ['application/pdf', { format: 'pdf', begins: /^255044462d/ }],
  ['application/msword', { format: 'doc', begins: OLE }],
  ['application/vnd.ms-excel', { format: 'xls', begins: OLE }],
  [`${OFFICE}.wordprocessingml.document`, { format: 'docx', begins: ZIP }],
  [`${OFFICE}.spreadsheetml.sheet`, { format: 'xlsx', begins: ZIP }],
  ['text/csv', { format: 'csv' }],
  ['text/html', { format: 'html' }],
  ['text/markdown', { format: 'md' }],
  ['text/plain', { format: 'txt' }],
]);

/** Characters of base64 that hold the longest signature. */
const SIGNATURE_CHARACTERS = 24;

/** True when data begins as its format does. */
export function beginsAs({ begins }: MediaFormat<string>, base64: string): boolean {
  const head = Buffer.from(base64.slice(0, SIGNATURE_CHARACTERS), 'base64').toString('hex');
  return begins === undefined || begins.test(head);
}

import type { ChatCompletionRequest, ContentBlock } from '@signalbox/contracts';
import { documentName } from './document-name.ts';
import { beginsAs, DOCUMENT_FORMATS, IMAGE_FORMATS } from './media-formats.ts';
import type { ParameterProblems } from './parameter-problems.ts';
import { readDataUrl } from './read-data-url.ts';

type Turn = ChatCompletionRequest['messages'][number];
export type UserTurn = Extract<Turn, { role: 'user' }>;
type Part = Exclude<UserTurn['content'], string>[number];

type Place = {
  path: readonly PropertyKey[];
  problems: ParameterProblems /** Names of the request's documents so far. */;
  names: Set<string>;
};

const IMAGE_URL = 'a data URL of a png, jpeg, gif or webp image, such as data:image/png;base64,…';
const FILE_URL =
  'a data URL of a pdf, doc, docx, xls, xlsx, csv, html, markdown or plain text document, such as data:application/pdf;base64,…';

/** What a user says, as blocks. A part of no text says nothing and is left out. */
export function translateUserContent({ content }: UserTurn, { path, ...place }: Place): ContentBlock[] {
  if (typeof content === 'string') return [{ text: content }];
  const blocks = content.flatMap((part, index) => translatePart(part, { ...place, path: [...path, 'content', index] }));
  const here = [...path, 'content'];
  if (content.every((part) => part.type === 'text' && part.text === '')) place.problems.invalid(here, 'must not be empty');
  else if (content.some(({ type }) => type === 'file') && !blocks.some(({ text }) => text))
    place.problems.invalid(here, 'must have a text part beside a file: say what to do with it');
  return blocks;
}

function translatePart(part: Part, place: Place): ContentBlock[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'image_url':
      return translateImage(part.image_url.url, place);
    case 'file':
      return translateFile(part.file, place);
  }
}

function translateImage(url: string, { path, problems }: Place): ContentBlock[] {
  const here = [...path, 'image_url', 'url'];
  const media = readMedia(url, { formats: IMAGE_FORMATS, expected: IMAGE_URL });
  if (typeof media !== 'string') return [{ image: { format: media.format, source: { bytes: media.base64 } } }];
  problems.invalid(here, media);
  return [];
}

function translateFile({ file_data, filename }: Extract<Part, { type: 'file' }>['file'], { path, problems, names }: Place): ContentBlock[] {
  const media = readMedia(file_data, { formats: DOCUMENT_FORMATS, expected: FILE_URL });
  if (typeof media !== 'string')
    return [{ document: { format: media.format, name: documentName(filename ?? '', names), source: { bytes: media.base64 } } }];
  problems.invalid([...path, 'file', 'file_data'], media);
  return [];
}

type Wanted<Format> = { formats: ReadonlyMap<string, { format: Format; begins?: RegExp }>; expected: string };

/** The data with its format, or what is wrong with the URL. */
function readMedia<Format extends string>(url: string, { formats, expected }: Wanted<Format>): { format: Format; base64: string } | string {
  const read = readDataUrl(url, expected);
  if (read.kind === 'invalid') return read.message;
  const known = formats.get(read.mediaType);
  if (!known) return `must be ${expected}`;
  if (!beginsAs(known, read.base64)) return `must hold data of the type that it states, ${known.format}: its first bytes are of another`;
  return { format: known.format, base64: read.base64 };
}

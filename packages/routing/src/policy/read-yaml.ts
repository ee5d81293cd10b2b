import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { describeYamlError, isQuoteOpen } from './describe-yaml-error.ts';
import type { PolicyPath } from './finding.ts';

/** A thousand routes may share a part; what aliases of aliases blow up is many times more. */
const MOST_ALIASES = 5_000;

type Position = { line: number; column: number };
type Flaw = { offset: number; message: string };

/** A YAML text as data, and where in the text each part of it stands. */
export type YamlReading = {
  data: unknown;
  /** What is wrong with the YAML itself. */
  errors: (Position & { message: string })[];
  /** False when the text could not be read as one document; then `data` says nothing. */
  isReadable: boolean;
  /** The position of a value or of its key, or of the nearest part above it that exists. Lines and columns count from 1. */
  locate: (path: PolicyPath, at: 'key' | 'value') => Position;
};

/** Reads a YAML text with positions. */
export function readYaml(text: string): YamlReading {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const positionOf = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const isParsed = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  const flaws = flawsOf(document, text);
  const converted = isParsed ? toData(document) : { data: undefined };
  return {
    data: 'data' in converted ? converted.data : undefined,
    errors: [...flaws, ...('flaw' in converted ? [converted.flaw] : [])].map(({ offset, message }) => ({ ...positionOf(offset), message })),
    isReadable: isParsed && 'data' in converted,
    locate: (path, at) => positionOf(offsetOf({ document, path, at })),
  };
}

/** What follows on a mistake of syntax is mostly its consequence, so only the first of them is told. */
function flawsOf(document: Document.Parsed, text: string): Flaw[] {
  const { errors, warnings } = document;
  const syntax = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  const told = syntax ? [syntax] : [...errors, ...warnings];
  return told.map((error) => ({ offset: offsetOfQuote(error, document) ?? error.pos[0], message: describeYamlError(error, text) }));
}

/** A quote that nobody closes is noticed at the end of the file: what helps is where it opens. */
function offsetOfQuote(error: YAMLError, document: Document): number | undefined {
  const [end] = error.pos;
  if (!isQuoteOpen(error)) return undefined;
  let opening: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith('QUOTE') && range?.[1] === end) opening = range[0];
    },
  });
  return opening;
}

/** Aliases are resolved only here, and the library throws for one without an anchor and for a text that they would blow up. */
function toData(document: Document.Parsed): { data: unknown } | { flaw: Flaw } {
  const circle = aliasInItself(document);
  if (circle) {
    const message = `is not valid YAML: *${circle.source} stands inside of what it repeats, so that it would have no end; write the part out`;
    return { flaw: { offset: startOf(circle) ?? 0, message } };
  }
  try {
    return { data: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return {
      flaw: { offset: offsetOfAlias(document), message: `is not valid YAML: ${error.message}; write the part out, or define it above` },
    };
  }
}

function aliasInItself(document: Document.Parsed): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias: (_, alias, ancestors) => {
      // To resolve an alias is slow, and few are called as a part that they stand in.
      const isNamedAsAncestor = ancestors.some((node) => isNode(node) && 'anchor' in node && node.anchor === alias.source);
      const repeated = isNamedAsAncestor ? alias.resolve(document) : undefined;
      if (!repeated || !ancestors.includes(repeated)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** The alias at fault if it has no anchor, else the first. */
function offsetOfAlias(document: Document.Parsed): number {
  const offsets: number[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (!alias.resolve(document)) offsets.unshift(startOf(alias) ?? 0);
      else offsets.push(startOf(alias) ?? 0);
    },
  });
  return offsets[0] ?? 0;
}

function offsetOf({ document, path, at }: { document: Document.Parsed; path: PolicyPath; at: 'key' | 'value' }): number {
  let node: Node | null = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const child = childOf(resolve(node, document), part);
    if (!child) return offset;
    const isLast = depth === path.length - 1;
    // A part above the one that is missing is best shown by its key: the value of a block map begins a line below.
    offset = (isLast && at === 'value' ? startOf(child.value) : undefined) ?? startOf(child.key) ?? startOf(child.value) ?? offset;
    node = child.value;
  }
  return offset;
}

function childOf(node: Node | null, part: string | number): { key: Node | null; value: Node | null } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return isNode(item) ? { key: null, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  // Of a key that stands there twice the last one counts. The key `null` is read as the empty text.
  const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value ?? '') === String(part));
  return pair && { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
}

function resolve(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}

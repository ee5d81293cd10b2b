import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { describeYamlError } from './describe-yaml-error.ts';
import type { PolicyPath } from './finding.ts';

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
function flawsOf({ errors, warnings }: Document.Parsed, text: string): Flaw[] {
  const syntax = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  const told = syntax ? [syntax] : [...errors, ...warnings];
  return told.map((error) => ({ offset: error.pos[0], message: describeYamlError(error, text) }));
}

/** Aliases are resolved only here, and the library throws for one without an anchor and for a text that they would blow up. */
function toData(document: Document.Parsed): { data: unknown } | { flaw: Flaw } {
  try {
    return { data: document.toJS() };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return {
      flaw: { offset: offsetOfAlias(document), message: `is not valid YAML: ${error.message}; write the part out, or define it above` },
    };
  }
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
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair && { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
}

function resolve(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}

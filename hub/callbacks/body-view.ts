import { indentJson } from './indent-json.ts';
import { indentXml } from './indent-xml.ts';
import { findJsonFault } from './render/json-fault.ts';
import { findXmlFault } from './render/xml-fault.ts';
import { declaredEncoding, readContentType } from './template/content-type.ts';
import type { BodyFormat } from './template/positions.ts';

/** A body as people read it: always text, whatever it is. */
export interface BodyView {
  /** What it is, by its Content-Type; without one that says it, by its look. */
  readonly format: BodyFormat;
  /** By which it was decoded. */
  readonly charset: string;
  readonly text: string;
  /** Laid out for reading; null when it is not of its format, or nothing is to be laid out. */
  readonly pretty: string | null;
  /** Where it stops being of its format. Line and column from 1. */
  readonly fault: { readonly line: number; readonly column: number; readonly message: string } | null;
}

/** Longest text that is laid out, and how much it may grow by that. Characters. */
const MOST_PRETTY = 4 * 1024 * 1024;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]{1,40})"?/i;

function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array, contentType: string, format: BodyFormat): { readonly text: string; readonly charset: string } {
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  const declared = format === 'xml' ? declaredEncoding(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))?.label : undefined;
  const label = marked ?? CHARSET.exec(contentType)?.[1] ?? declared ?? 'utf-8';
  const decoder = decoderOf(label) ?? new TextDecoder();
  return { text: decoder.decode(bytes), charset: decoder.encoding };
}

/** `<` and `{` say what a body is where its Content-Type does not: curl sends everything as a form. */
function guessed(text: string): 'xml' | 'json' | undefined {
  const [first] = /\S/.exec(text.slice(0, 1_000)) ?? [];
  return first === '<' ? 'xml' : first === '{' || first === '[' ? 'json' : undefined;
}

interface Fault {
  readonly offset: number;
  readonly message: string;
}

function faultOf(format: 'xml' | 'json', text: string): Fault | undefined {
  if (format === 'xml') return findXmlFault(text, false);
  const fault = findJsonFault(text);
  return fault && { offset: fault.offset, message: `${fault.expected} is expected` };
}

function placeOf(text: string, { offset, message }: Fault): NonNullable<BodyView['fault']> {
  let line = 1;
  let from = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', from)) {
    line += 1;
    from = next + 1;
  }
  return { line, column: Math.min(offset, text.length) - from + 1, message };
}

const formLines = (text: string): string => [...new URLSearchParams(text)].map(([name, value]) => `${name} = ${value}`).join('\n');

/**
 * Reads a body that may be anything; hostile ones cost no more than their length.
 * @param contentType of its header; empty when there was none.
 */
export function viewBody(bytes: Uint8Array, contentType: string): BodyView {
  const told = readContentType(contentType).format;
  const { text, charset } = decode(bytes, contentType, told);
  const look = told === 'text' || told === 'form' ? guessed(text) : undefined;
  if (text.trim() === '') return { format: told, charset, text, pretty: null, fault: null };
  const format = told === 'text' || told === 'form' ? look : told;
  const fault = format && faultOf(format, text);
  if (format && !fault) {
    const pretty = (format === 'xml' ? indentXml : indentJson)(text.replace(/^\ufeff/, ''), MOST_PRETTY);
    return { format, charset, text, pretty: pretty ?? null, fault: null };
  }
  // What only looked like it is not blamed for not being it.
  const blamed = fault && look === undefined ? placeOf(text, fault) : null;
  return { format: told, charset, text, pretty: told === 'form' ? formLines(text) : null, fault: blamed };
}

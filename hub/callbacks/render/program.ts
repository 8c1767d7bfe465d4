import { type Charset, characterReference, encode, isEncodable, jsonEscape, type Remarks, substitute } from '../template/charset.ts';
import {
  type Escape,
  escapeCdata,
  escapeCdataAfterBracket,
  escapeHeader,
  escapeJsonString,
  escapeXmlAttribute,
  escapeXmlText,
} from '../template/escapes.ts';
import { type Filter, jsonLiteral, type Value } from '../template/filters.ts';
import type { Slot } from '../template/parser.ts';
import { FORM_TABLE, type PercentTable, percentEncode, URL_TABLE } from '../template/percent.ts';
import { isRaw, type Placed } from '../template/positions.ts';
import type { Position } from '../template/scanner.ts';
import type { RenderValues } from '../variable.ts';
import { RenderFault } from './fault.ts';

/**
 * A template made ready: literals and, between them, steps that write a value. Rendering is one concatenation from left to right;
 * what a value holds is never looked at as a template again (spec callbacks 5.1).
 */
export interface Program {
  readonly isConstant: boolean;
  render(values: RenderValues, remarks: Remarks): string;
  /** The same, with the offset in the text at which each placed part begins. */
  trace(values: RenderValues, remarks: Remarks): { text: string; starts: readonly number[] };
}

/** Of a rendered setting, in UTF-16 units: no text of more becomes a body of 1 MiB or less. */
const MOST_UNITS = 1024 * 1024;

type Step = (values: RenderValues, remarks: Remarks) => string;

/** @param placed what `place` gave, without errors. */
export function compileProgram(placed: readonly Placed[], charset: Charset): Program {
  // literals[n] stands before steps[n]; the last stands at the end.
  const literals = [''];
  const steps: Step[] = [];
  const kinds: ('literal' | 'slot')[] = [];
  for (const part of placed) {
    kinds.push(part.kind);
    if (part.kind === 'literal') literals[literals.length - 1] += part.text;
    else {
      const before = literals.at(-1)!;
      steps.push(compileStep(part.slot, part.position, charset, before === '' ? steps.length > 0 : before.endsWith(']')));
      literals.push('');
    }
  }
  const first = literals[0]!;
  const after = literals.slice(1);

  const render = (values: RenderValues, remarks: Remarks): string => {
    let text = first;
    for (let at = 0; at < steps.length; at++) {
      text += steps[at]!(values, remarks) + after[at]!;
      if (text.length > MOST_UNITS) throw tooLarge();
    }
    return text;
  };

  const trace = (values: RenderValues, remarks: Remarks): { text: string; starts: number[] } => {
    let text = '';
    let step = 0;
    const starts: number[] = [];
    for (const part of placed) {
      starts.push(text.length);
      text += part.kind === 'literal' ? part.text : steps[step++]!(values, remarks);
      if (text.length > MOST_UNITS) throw tooLarge();
    }
    return { text, starts };
  };
  return { isConstant: steps.length === 0, render, trace };
}

export function tooLarge(): RenderFault {
  return new RenderFault('body_too_large', 'the message would be over 1 MiB', 'сообщение получилось больше 1 МиБ');
}

function compileStep(slot: Slot, position: Position, charset: Charset, afterBracket: boolean): Step {
  const { name } = slot.variable;
  const { dictionary } = slot;
  const write = writerFor(slot, position, charset, afterBracket);
  const filters = position === 'json-value' && slot.filters.at(-1)?.name === 'json' ? slot.filters.slice(0, -1) : slot.filters;
  if (dictionary !== undefined) {
    const byName = filters[0]?.name === 'name';
    return (values, remarks) => {
      const code = values.dic(dictionary);
      return write(filtered(code === undefined ? null : byName ? code.name : code.value, filters), remarks);
    };
  }
  if (filters.length === 0) return (values, remarks) => write(values.get(name) ?? null, remarks);
  return (values, remarks) => write(filtered(values.get(name) ?? null, filters), remarks);
}

function filtered(value: Value, filters: readonly Filter[]): Value {
  let result = value;
  for (const filter of filters) {
    result = filter.apply(result);
    if (typeof result === 'string' && result.length > MOST_UNITS) throw tooLarge();
  }
  return result;
}

type Writer = (value: Value, remarks: Remarks) => string;

function writerFor(slot: Slot, position: Position, charset: Charset, afterBracket: boolean): Writer {
  const escapeText = isRaw(slot, position) ? writeFragment(charset) : escapeFor(position, charset, afterBracket);
  if (position === 'json-value') {
    return (value, remarks) => (typeof value === 'string' ? `"${escapeText(bounded(value), remarks)}"` : jsonLiteral(value));
  }
  return (value, remarks) => {
    if (typeof value === 'string') return escapeText(bounded(value), remarks);
    return value === null ? '' : value.toString();
  };
}

function bounded(text: string): string {
  if (text.length > MOST_UNITS) throw tooLarge();
  return text;
}

/** Fragments come from our serializer alone: one root, text escaped, no CDATA, so a reference may stand for any character. */
function writeFragment(charset: Charset): Escape {
  return charset === 'utf-8' ? (text) => text : (text) => substitute(text, characterReference);
}

function escapeFor(position: Position, charset: Charset, afterBracket: boolean): Escape {
  switch (position) {
    case 'xml-text':
      return inCharset(escapeXmlText, charset, characterReference);
    case 'xml-attribute':
      return inCharset(escapeXmlAttribute, charset, characterReference);
    case 'xml-cdata':
      return inCharset(afterBracket ? escapeCdataAfterBracket : escapeCdata, charset, (codePoint) => `]]>&#${codePoint};<![CDATA[`);
    case 'json-string':
    case 'json-value':
      return inCharset(escapeJsonString, charset, jsonEscape);
    case 'form-value':
      return percentEscape(FORM_TABLE, charset);
    case 'path-segment':
    case 'query-value':
      return percentEscape(URL_TABLE, 'utf-8');
    case 'header-value':
      return escapeHeader;
    case 'text':
      return noteReplaced((text) => text, charset);
  }
}

function inCharset(escapeText: Escape, charset: Charset, instead: (codePoint: number) => string): Escape {
  return charset === 'utf-8' ? escapeText : (text, remarks) => substitute(escapeText(text, remarks), instead);
}

function percentEscape(table: PercentTable, charset: Charset): Escape {
  return noteReplaced((text) => percentEncode(encode(text, charset), table), charset);
}

/** Counts the characters that become `?`, where nothing else can stand for them. */
function noteReplaced(escapeText: Escape, charset: Charset): Escape {
  if (charset === 'utf-8') return escapeText;
  return (text, remarks) => {
    for (const character of text) if (character >= '\u0080' && !isEncodable(character, charset)) remarks.replaced += 1;
    return escapeText(text, remarks);
  };
}

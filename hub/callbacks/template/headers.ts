import type { FindingSink } from './finding.ts';
import { type ParseOptions, parseTemplate } from './parser.ts';
import { HEADER_SCANNER, type Placed, place } from './positions.ts';

/** A header as the endpoint has it: in order and letter case. */
export interface HeaderLine {
  readonly name: string;
  readonly placed: readonly Placed[];
  /** Of the name, in the setting. */
  readonly offset: number;
}

const MOST_LINES = 50;
const MOST_BYTES = 16 * 1024;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** All but what a field value may hold: visible ASCII, space and tab. */
const NOT_VALUE = /[^\t\x20-\x7e]/;
/** Set by the sender, or meant for the next hop (spec callbacks 4). */
const FORBIDDEN = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

/**
 * Reads the setting `headers`: one header a line, `Name: value`, empty lines count for nothing. Faults: `headers` (form), `header_forbidden`,
 * `header_value`, `content_type` (two of them, or a variable in one). Source: spec callbacks 4, 7.2 B3 to B6.
 */
export function readHeaders(text: string, options: ParseOptions, signing: boolean, sink: FindingSink): HeaderLine[] {
  const lines: HeaderLine[] = [];
  if (Buffer.byteLength(text) > MOST_BYTES) {
    sink.error('headers', 0, { en: 'the headers are over 16 KiB', ru: 'заголовки больше 16 КиБ' });
    return lines;
  }
  for (const { line, offset } of splitLines(text)) {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    if (!isGoodName(name, colon, offset, signing, sink)) continue;
    const { value, begin } = trimBlanks(line, colon + 1);
    const placed = place(parseTemplate(value, offset + begin, options, sink), HEADER_SCANNER, sink);
    for (const part of placed) {
      const strange = part.kind === 'literal' ? NOT_VALUE.exec(part.text) : null;
      if (strange && part.kind === 'literal') refuseCharacter(strange[0], part.offset + strange.index, sink);
    }
    lines.push({ name, placed, offset });
  }
  if (lines.length > MOST_LINES) {
    sink.error('headers', lines[MOST_LINES]!.offset, {
      en: `${lines.length} headers; at most ${MOST_LINES} are sent`,
      ru: `заголовков ${lines.length}, а можно не больше ${MOST_LINES}`,
    });
  }
  checkContentTypes(lines, sink);
  return lines;
}

function* splitLines(text: string): Generator<{ line: string; offset: number }> {
  let offset = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.trim() !== '') yield { line, offset };
    offset += line.length;
    offset += text.startsWith('\r\n', offset) ? 2 : 1;
  }
}

/** Blanks around a value belong to the line, not to the value (RFC 9110). */
function trimBlanks(line: string, from: number): { value: string; begin: number } {
  let begin = from;
  let end = line.length;
  while (begin < end && isBlank(line[begin]!)) begin += 1;
  while (end > begin && isBlank(line[end - 1]!)) end -= 1;
  return { value: line.slice(begin, end), begin };
}

const isBlank = (character: string): boolean => character === ' ' || character === '\t';

function isGoodName(name: string, colon: number, offset: number, signing: boolean, sink: FindingSink): boolean {
  const refuse = (code: string, en: string, ru: string): false => {
    sink.error(code, offset, { en, ru });
    return false;
  };
  if (colon === -1) return refuse('headers', 'write "Name: value"; there is no colon', 'напишите «Название: значение»; двоеточия нет');
  if (name.trim() === '') return refuse('headers', 'the name before the colon is missing', 'перед двоеточием нет названия');
  if (name.includes('@'))
    return refuse('headers', 'a name takes no variables; values do', 'переменные допустимы в значении, но не в названии');
  if (!TOKEN.test(name)) {
    return refuse(
      'headers',
      `"${name}" is no name of a header: letters, digits, "-" only`,
      `«${name}» не название заголовка: только латинские буквы, цифры и «-»`,
    );
  }
  const key = name.toLowerCase();
  if (FORBIDDEN.has(key) || key.startsWith('proxy-')) {
    return refuse('header_forbidden', `${name} is set by the hub alone`, `заголовок ${name} задаёт только сам сервер`);
  }
  if (signing && key.startsWith('webhook-')) {
    return refuse(
      'header_forbidden',
      `${name} belongs to the signature, which is on`,
      `заголовок ${name} относится к подписи, а она включена`,
    );
  }
  return true;
}

function refuseCharacter(character: string, offset: number, sink: FindingSink): void {
  const shown = JSON.stringify(character);
  sink.error('header_value', offset, {
    en: `${shown} may not stand in a header: visible ASCII only`,
    ru: `${shown} не может стоять в заголовке: только печатные знаки ASCII`,
  });
}

function checkContentTypes(lines: readonly HeaderLine[], sink: FindingSink): void {
  const types = lines.filter(isContentType);
  const second = types[1];
  if (second) sink.error('content_type', second.offset, { en: 'Content-Type stands here twice', ru: 'Content-Type указан дважды' });
  const moving = types.find(({ placed }) => placed.some(({ kind }) => kind === 'slot'));
  if (moving) {
    sink.error('content_type', moving.offset, {
      en: 'Content-Type takes no variables: the body is checked against it when you save',
      ru: 'Content-Type не принимает переменных: по нему тело проверяется при сохранении',
    });
  }
}

export function isContentType({ name }: Pick<HeaderLine, 'name'>): boolean {
  return name.toLowerCase() === 'content-type';
}

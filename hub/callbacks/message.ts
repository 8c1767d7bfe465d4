import type { Family } from './family.ts';
import { RenderFault } from './render/fault.ts';
import { placeGetBody } from './render/get.ts';
import { compileHeaders, DEFAULT_CONTENT_TYPE } from './render/headers.ts';
import { lintBody, lintOrdinary } from './render/lint.ts';
import { compileProgram, type Program, tooLarge } from './render/program.ts';
import { compileUrl, placeUrl } from './render/url.ts';
import { type Charset, encode, type Remarks } from './template/charset.ts';
import { declaredEncoding, readContentType } from './template/content-type.ts';
import { dictionaryNames } from './template/dictionary-names.ts';
import { type Finding, type FindingSink, type Setting, sinkOf } from './template/finding.ts';
import { type HeaderLine, isContentType, readHeaders } from './template/headers.ts';
import { type ParseOptions, parseTemplate } from './template/parser.ts';
import { type BodyFormat, type Placed, place, scanBody } from './template/positions.ts';
import type { RenderValues } from './variable.ts';

export type { Finding } from './template/finding.ts';
export type { RenderValues } from './variable.ts';
export { RenderFault };

/** The settings of an endpoint of which its messages are made (spec callbacks 4). */
export interface MessageSettings {
  readonly family: Family;
  readonly method: 'POST' | 'GET';
  readonly url: string;
  /** One a line, with secrets in clear. */
  readonly headers: string;
  readonly body: string;
  /** `auto`: by the Content-Type. */
  readonly bodyFormat: 'auto' | BodyFormat;
  readonly unknown: 'keep' | 'error';
  readonly signing: boolean;
  /** Name and NameLatin of every dictionary that the endpoint sees; a name that stands twice belongs to two of them. */
  readonly dictionaries: readonly string[];
}

/** One message, ready to be sent. */
export interface Rendered {
  readonly url: string;
  /** In order and letter case; the array is the caller's. */
  readonly headers: (readonly [string, string])[];
  /** The very bytes; undefined for GET. */
  readonly body: Buffer | undefined;
  /** What was done to values on the way, for the attempt's record. */
  readonly notes: string[];
}

/** Settings that were found good, made ready for any number of events. */
export interface CompiledMessage {
  readonly method: 'POST' | 'GET';
  readonly format: BodyFormat;
  readonly charset: Charset;
  /** Names of the variables in use, `DIC` among them. */
  readonly variables: readonly string[];
  /** Names of the dictionaries in use, as they are compiled in. */
  readonly dictionaries: readonly string[];
  /** @throws RenderFault when this event cannot be sent, now or later. */
  render(values: RenderValues): Rendered;
}

const MOST_TEMPLATE_BYTES = 256 * 1024;
const MOST_BODY_BYTES = 1024 * 1024;

/**
 * Checks and compiles the settings of a message; also the lint of the editor (spec callbacks 5, 7.2 B2 to B8, B11, B12, B20, B22).
 * @param trial `none` leaves out the trial with sample values, which takes milliseconds, for settings that have passed it when they were saved.
 * @returns the message, unless there are errors, and all findings: of the address, then the headers, then the body.
 */
export function compileMessage(
  settings: MessageSettings,
  trial: 'samples' | 'none' = 'samples',
): { message: CompiledMessage | undefined; findings: Finding[] } {
  const findings: Finding[] = [];
  const options: ParseOptions = {
    family: settings.family,
    unknown: settings.unknown,
    dictionaries: dictionaryNames(settings.dictionaries),
  };
  const urlSink = sinkOf(findings, 'url', settings.url);
  const url = placeUrl(settings.url, parseTemplate(settings.url, 0, options, urlSink), urlSink);
  const headerSink = sinkOf(findings, 'headers', settings.headers);
  const headers = readHeaders(settings.headers, options, settings.signing, headerSink);
  const bodySink = sinkOf(findings, 'body', settings.body);
  const body = placeBody(settings, headers, options, headerSink, bodySink);
  if (settings.signing && settings.method === 'GET') {
    urlSink.warning('signing_get', 0, {
      en: 'the signature of a GET covers no query: a receiver cannot tell that values were not changed',
      ru: 'подпись GET не покрывает строку запроса: приёмник не заметит подмены значений',
    });
  }
  const isGood = (setting: Setting): boolean => !findings.some((finding) => isError(finding) && finding.setting === setting);
  // Each setting whose places are right is made ready and tried, so that a fault in one does not hide those of another.
  const renderUrl = url && body && isGood('body') ? compileUrl(url, settings.method === 'GET' ? body.placed : []) : undefined;
  const renderHeaders = isGood('headers') ? compileHeaders(headers, settings.method) : undefined;
  const program = body && isGood('body') && settings.method === 'POST' ? compileProgram(body.placed, body.charset) : undefined;
  if (trial === 'samples') {
    if (renderUrl) lintOrdinary(renderUrl, settings.family, urlSink);
    if (renderHeaders) lintOrdinary(renderHeaders, settings.family, headerSink);
    if (program && body) tryBody(program, body, settings.family, bodySink);
  }
  if (!url || !body || !renderUrl || !renderHeaders || findings.some(isError)) return { message: undefined, findings };
  const slots = [...url.placed, ...headers.flatMap(({ placed }) => placed), ...body.placed].flatMap((part) =>
    part.kind === 'slot' ? [part.slot] : [],
  );
  const message: CompiledMessage = {
    method: settings.method,
    format: body.format,
    charset: body.charset,
    variables: [...new Set(slots.map(({ variable }) => variable.name))],
    dictionaries: [...new Set(slots.flatMap(({ dictionary }) => dictionary ?? []))],
    render: (values) => {
      const remarks: Remarks = { removed: 0, replaced: 0 };
      const bytes = program && encode(program.render(values, remarks), body.charset);
      if (bytes && bytes.length > MOST_BODY_BYTES) throw tooLarge();
      return { url: renderUrl(values, remarks), headers: renderHeaders(values, remarks), body: bytes, notes: notesOf(remarks) };
    },
  };
  return { message, findings };
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

interface PlacedBody {
  readonly placed: readonly Placed[];
  readonly format: BodyFormat;
  readonly charset: Charset;
}

/** Format and charset of the body, and where its values stand. */
function placeBody(
  settings: MessageSettings,
  headers: readonly HeaderLine[],
  options: ParseOptions,
  headerSink: FindingSink,
  sink: FindingSink,
): PlacedBody | undefined {
  const line = headers.find(isContentType);
  const said = readContentType(line ? literalOf(line.placed) : DEFAULT_CONTENT_TYPE[1]);
  const format = settings.bodyFormat === 'auto' ? said.format : settings.bodyFormat;
  if (said.charset === undefined) {
    headerSink.error('content_type', line?.offset ?? 0, {
      en: `charset ${said.label} is not one of utf-8, windows-1251`,
      ru: `кодировка ${said.label} не поддерживается: только utf-8 и windows-1251`,
    });
    return undefined;
  }
  if (Buffer.byteLength(settings.body) > MOST_TEMPLATE_BYTES) {
    sink.error('template', 0, { en: 'the body is over 256 KiB', ru: 'тело больше 256 КиБ' });
    return undefined;
  }
  if (settings.method === 'GET') {
    const begin = settings.body.length - settings.body.trimStart().length;
    return {
      placed: placeGetBody(parseTemplate(settings.body.trim(), begin, options, sink), sink),
      format: 'form',
      charset: 'utf-8',
    };
  }
  // A byte order mark is never sent; editors put one in unasked.
  const begin = settings.body.startsWith('\ufeff') ? 1 : 0;
  const parts = parseTemplate(settings.body.slice(begin), begin, options, sink);
  const placed = place(parts, scanBody(format, said.charset, sink), sink);
  warnOfType(settings, said, format, headerSink, line?.offset ?? 0);
  if (format === 'xml') warnOfEncoding(settings.body.slice(begin), begin, said.charset, sink);
  return { placed, format, charset: said.charset };
}

function literalOf(placed: readonly Placed[]): string {
  return placed.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
}

function warnOfType(
  { bodyFormat }: MessageSettings,
  said: { format: BodyFormat },
  format: BodyFormat,
  sink: FindingSink,
  offset: number,
): void {
  if (bodyFormat === 'auto' || said.format === 'text' || said.format === format) return;
  sink.warning('content_type', offset, {
    en: `the body is ${format} by its setting, and Content-Type says ${said.format}`,
    ru: `по настройке тело в формате ${format}, а Content-Type говорит ${said.format}`,
  });
}

function warnOfEncoding(body: string, begin: number, charset: Charset, sink: FindingSink): void {
  const declared = declaredEncoding(body);
  if (!declared || declared.charset === charset) return;
  sink.warning('xml_encoding', begin + declared.offset, {
    en: `the body says encoding="${declared.label}", and is sent in ${charset}, as Content-Type says`,
    ru: `в теле указано encoding="${declared.label}", а отправляется оно в ${charset}, как указано в Content-Type`,
  });
}

function tryBody(program: Program, { placed, format }: PlacedBody, family: Family, sink: FindingSink): void {
  if (placed.length > 0) lintBody(program, placed, format, family, sink);
  else sink.warning('empty_body', 0, { en: 'the body is empty', ru: 'тело пустое' });
}

function notesOf({ removed, replaced }: Remarks): string[] {
  const notes: string[] = [];
  if (removed > 0) notes.push(`characters that XML forbids, left out: ${removed}`);
  if (replaced > 0) notes.push(`characters that windows-1251 lacks, sent as "?": ${replaced}`);
  return notes;
}

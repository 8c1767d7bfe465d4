import type { Charset, Remarks } from '../template/charset.ts';
import type { FindingSink } from '../template/finding.ts';
import type { Part } from '../template/parser.ts';
import { type Placed, place } from '../template/positions.ts';
import { scanUrl } from '../template/url-positions.ts';
import type { RenderValues } from '../variable.ts';
import { RenderFault } from './fault.ts';
import { querySeparator } from './get.ts';
import { compileProgram } from './program.ts';

const MOST_UNITS_AS_SETTING = 2048;
const MOST_BYTES_RENDERED = 8000;
const UTF8: Charset = 'utf-8';

/** An address whose literals have been checked: scheme, host and port stand in them and are always the same. */
export interface PlacedUrl {
  readonly placed: readonly Placed[];
  /** `https://host:port` as written. */
  readonly prefix: string;
  readonly hasQuery: boolean;
}

/** Checks the setting `url`. Faults: `url`, `position`. The network guard judges the address itself (6.4). @returns undefined after a fault. */
export function placeUrl(text: string, parts: readonly Part[], sink: FindingSink): PlacedUrl | undefined {
  if (text.length > MOST_UNITS_AS_SETTING) {
    sink.error('url', 0, { en: 'the address is over 2,048 characters', ru: 'адрес длиннее 2048 знаков' });
    return undefined;
  }
  const scanner = scanUrl(sink);
  const placed = place(parts, scanner, sink);
  const { prefix, hasQuery, hasFragment } = scanner.outcome();
  if (placed.length !== parts.length) return undefined;
  const complain = (en: string, ru: string): undefined => sink.error('url', 0, { en, ru }) as undefined;
  if (prefix === undefined) {
    return complain(
      'write a whole address: http:// or https://, host and path',
      'напишите полный адрес: http:// или https://, узел и путь',
    );
  }
  if (hasFragment) return complain('the part behind "#" is never sent; leave it out', 'часть после «#» не отправляется; уберите её');
  const url = URL.canParse(prefix) ? new URL(prefix) : undefined;
  if (!url) return complain(`${prefix} is no address of a host`, `${prefix} не является адресом узла`);
  if (url.username !== '' || url.password !== '') {
    return complain(
      'user and password may not stand in an address; use the header Authorization',
      'имя и пароль в адресе недопустимы; используйте заголовок Authorization',
    );
  }
  return { placed, prefix, hasQuery };
}

/**
 * The address with values: within 8,000 bytes, and without path segments `.` and `..`, which receivers and the allow-list would read in
 * different ways. @param query what GET appends.
 * @returns a function that throws RenderFault `url_too_long` or `path_dots`.
 */
export function compileUrl(
  { placed, prefix, hasQuery }: PlacedUrl,
  query: readonly Placed[],
): (values: RenderValues, remarks: Remarks) => string {
  const separator = query.length === 0 ? '' : querySeparator(literalsOf(placed), hasQuery);
  const program = compileProgram([...placed, { kind: 'literal', text: separator, offset: 0 }, ...query], UTF8);
  const checked = (url: string): string => {
    if (url.length > MOST_BYTES_RENDERED || Buffer.byteLength(url) > MOST_BYTES_RENDERED) {
      throw new RenderFault('url_too_long', 'the address would be over 8,000 bytes', 'адрес получился длиннее 8000 байт');
    }
    if (hasDots(url, prefix.length)) {
      throw new RenderFault('path_dots', 'a segment of the path would be "." or ".."', 'часть пути получилась равной «.» или «..»');
    }
    return url;
  };
  if (!program.isConstant) return (values, remarks) => checked(program.render(values, remarks));
  let constant: string | undefined;
  return (values, remarks) => {
    constant ??= checked(program.render(values, remarks));
    return constant;
  };
}

function literalsOf(placed: readonly Placed[]): string {
  return placed.map((part) => (part.kind === 'literal' ? part.text : 'x')).join('');
}

/** Whether a segment of the path is `.` or `..`, also as `%2e`. @param from where the path begins. */
function hasDots(url: string, from: number): boolean {
  const query = url.indexOf('?', from);
  const end = query === -1 ? url.length : query;
  let dots = 0;
  let other = false;
  for (let at = from; at <= end; at++) {
    const unit = at === end ? SLASH : url.charCodeAt(at);
    if (unit === SLASH) {
      if (!other && (dots === 1 || dots === 2)) return true;
      dots = 0;
      other = false;
    } else if (unit === DOT) dots += 1;
    else if (unit === PERCENT && url.charCodeAt(at + 1) === 0x32 && (url.charCodeAt(at + 2) | 0x20) === 0x65) {
      dots += 1;
      at += 2;
    } else other = true;
  }
  return false;
}

const SLASH = 0x2f;
const DOT = 0x2e;
const PERCENT = 0x25;

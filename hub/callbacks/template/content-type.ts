import type { Charset } from './charset.ts';
import type { BodyFormat } from './positions.ts';

/** Labels that receivers write for the two charsets (spec callbacks 4). */
const CHARSETS: Readonly<Record<string, Charset>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'windows-1251': 'windows-1251',
  cp1251: 'windows-1251',
  'x-cp1251': 'windows-1251',
};

const PARAMETER = /^\s*charset\s*=\s*(?:"([^"]*)"|([^\s"]*))\s*$/i;

/** What a Content-Type says of the body. `charset` is undefined when it names one that Vestnik does not write. */
export function readContentType(value: string): { format: BodyFormat; charset: Charset | undefined; label: string } {
  const [type = '', ...parameters] = value.split(';');
  const label = parameters.map((parameter) => PARAMETER.exec(parameter)).find(Boolean);
  const name = label ? (label[1] ?? label[2] ?? '') : 'utf-8';
  const key = name.toLowerCase();
  return { format: formatOf(type.trim().toLowerCase()), charset: Object.hasOwn(CHARSETS, key) ? CHARSETS[key] : undefined, label: name };
}

function formatOf(type: string): BodyFormat {
  if (/(\/|\+)xml$/.test(type)) return 'xml';
  if (/(\/|\+)json$/.test(type)) return 'json';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'text';
}

/** What a body says of its own encoding in an XML declaration. */
export function declaredEncoding(body: string): { label: string; charset: Charset | undefined; offset: number } | undefined {
  const found = /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*(["'])([\w.-]+)\1/.exec(body);
  if (!found) return undefined;
  const label = found[2]!;
  const key = label.toLowerCase();
  return { label, charset: Object.hasOwn(CHARSETS, key) ? CHARSETS[key] : undefined, offset: found[0].length - label.length - 1 };
}

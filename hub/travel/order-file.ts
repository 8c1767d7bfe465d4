import { HubError } from '../core/errors.ts';

/** Files of orders: what is taken and how they are named (spec 2.7). */
export const FILE_KINDS = ['ticket', 'voucher', 'receipt', 'invoice', 'other'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const MIB = 1024 * 1024;
export const MOST_FILES = 10;
/** Bytes of one file. */
export const FILE_BYTES = 20 * MIB;
/** Bytes of a whole upload: the files and what lies between them. */
export const UPLOAD_BYTES = MOST_FILES * FILE_BYTES + MIB;

const NAME_LENGTH = 200;

/** A file as it came. Its parts point into the body of the request: nothing is copied before it is stored. */
export interface Upload {
  readonly kind: FileKind;
  readonly name: string;
  readonly size: number;
  readonly parts: readonly Buffer[];
}

/** A name without folders, without what cannot be seen or turns the reading direction, of bearable length; never empty. */
export function cleanFileName(given: string): string {
  const name = given
    .toWellFormed()
    .replace(/^.*[/\\]/su, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  const short = [...name].slice(0, NAME_LENGTH).join('');
  return short === '' || /^\.+$/.test(short) ? 'file' : short;
}

/** @throws HubError VALIDATION with the reason `file_kind`. */
export function kindOf(field: string): FileKind {
  const kind = FILE_KINDS.find((one) => one === field);
  if (kind) return kind;
  const message = `the part ${JSON.stringify(field.slice(0, 40))} must be named by the kind of its file: ${FILE_KINDS.join(', ')}`;
  throw new HubError('VALIDATION', message, {
    reason: 'file_kind',
    russian: `часть ${JSON.stringify(field.slice(0, 40))}: имя части — это вид файла: ${FILE_KINDS.join(', ')}`,
    details: [{ code: 'file_kind', path: '', message }],
  });
}

/** `Content-Disposition` of a download: never shown by a browser in place (RFC 6266, RFC 8187). */
export function attachmentOf(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

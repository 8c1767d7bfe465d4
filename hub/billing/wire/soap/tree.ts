import { HubError } from '../../../core/errors.ts';
import { readPlain } from './plain-tree.ts';
import { parseStrictly, type XmlElement } from './strict-tree.ts';

export type { XmlElement } from './strict-tree.ts';

const CHARSETS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'windows-1251': 'windows-1251',
  cp1251: 'windows-1251',
  'koi8-r': 'koi8-r',
  'iso-8859-1': 'windows-1252',
  'iso-8859-5': 'iso-8859-5',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
};

const malformed = (message: string, russian: string): HubError => new HubError('BAD_REQUEST', message, { reason: 'xml', russian });

/** Made once: making one takes longer than decoding a usual request. */
const decoders = new Map<string, TextDecoder>();

const declaredIn = (body: Buffer): string | undefined =>
  /^[^<]{0,4}<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_-]+)["']/.exec(body.toString('latin1', 0, 200))?.[1];

/** The text of a document: by the header's charset, else by its mark or declaration, else UTF-8 (spec billing 5.5). @throws HubError BAD_REQUEST */
export function decodeXml(body: Buffer, contentType: string | undefined): string {
  const named = /charset\s*=\s*["']?([A-Za-z0-9_-]+)/i.exec(contentType ?? '')?.[1];
  const marked = body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : undefined;
  const wanted = (marked ?? named ?? declaredIn(body) ?? 'utf-8').toLowerCase();
  const charset = CHARSETS[wanted];
  if (charset === undefined)
    throw malformed(`the charset ${wanted.slice(0, 40)} is not known`, `Неизвестная кодировка ${wanted.slice(0, 40)}`);
  try {
    return decoders.getOrInsertComputed(charset, () => new TextDecoder(charset, { fatal: true })).decode(body);
  } catch {
    throw malformed(`the body is not ${wanted}`, `Тело запроса не в кодировке ${wanted}`);
  }
}

/**
 * Parses a document into a tree: quickly when it is as plain as SOAP clients write, else as strictly as XML is. What comes out is the same.
 * @throws HubError BAD_REQUEST: not well-formed, a DOCTYPE, XInclude, too deep, too many nodes, attributes or namespaces
 */
export const parseXml = (text: string): XmlElement => readPlain(text) ?? parseStrictly(text);

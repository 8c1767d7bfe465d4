import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { HubError } from '../../../core/errors.ts';
import { NS } from '../namespaces.ts';

/** An element of a request. */
export interface XmlElement {
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The texts between its tags, in a row. */
  readonly text: string;
}

interface XmlAttribute {
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

interface Growing {
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: Growing[];
  text: string;
}

/** Bounds of spec billing 10.2. */
const DEEPEST = 64;
const MOST_NODES = 100_000;
const MOST_ATTRIBUTES = 1_000;
const MOST_NAMESPACES = 200;
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

/** A parser for one document after the other: making one takes as long as a small document. */
function createParser(): (text: string) => XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  let open: Growing[] = [];
  let root: Growing | undefined;
  let nodes = 0;
  let namespaces = 0;
  let attributesOfTag = 0;
  const count = (more: number): void => {
    nodes += more;
    if (nodes > MOST_NODES) throw malformed(`there are more than ${MOST_NODES} nodes`, `Больше ${MOST_NODES} узлов`);
  };
  parser.on('error', (error) => {
    const why = error.message.slice(0, 200);
    throw malformed(`the body is not well-formed XML: ${why}`, `Тело запроса не является XML: ${why}`);
  });
  parser.on('doctype', () => {
    throw malformed('a DOCTYPE is not taken', 'DOCTYPE недопустим');
  });
  parser.on('attribute', () => {
    attributesOfTag += 1;
    if (attributesOfTag > MOST_ATTRIBUTES)
      throw malformed(`an element has more than ${MOST_ATTRIBUTES} attributes`, `Больше ${MOST_ATTRIBUTES} атрибутов`);
  });
  parser.on('opentag', ({ local, uri, attributes: given, ns }) => {
    count(1 + attributesOfTag);
    attributesOfTag = 0;
    for (const _ in ns) namespaces += 1;
    if (namespaces > MOST_NAMESPACES)
      throw malformed(`there are more than ${MOST_NAMESPACES} namespaces`, `Больше ${MOST_NAMESPACES} пространств имён`);
    if (open.length >= DEEPEST) throw malformed(`the document is deeper than ${DEEPEST}`, `Вложенность XML больше ${DEEPEST}`);
    if (uri === NS.include) throw malformed('XInclude is not taken', 'XInclude недопустим');
    const attributes: XmlAttribute[] = [];
    for (const name in given) {
      const attribute = given[name] as SaxesAttributeNS;
      if (attribute.prefix !== 'xmlns' && name !== 'xmlns')
        attributes.push({ local: attribute.local, uri: attribute.uri, value: attribute.value });
    }
    const element: Growing = { local, uri, attributes, children: [], text: '' };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
    open.push(element);
  });
  const addText = (more: string): void => {
    const element = open.at(-1);
    if (!element) return;
    count(1);
    element.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', () => count(1));
  parser.on('processinginstruction', () => count(1));
  parser.on('closetag', () => {
    open.pop();
  });
  return (text) => {
    open = [];
    root = undefined;
    nodes = 0;
    namespaces = 0;
    attributesOfTag = 0;
    parser.write(text).close();
    if (!root) throw malformed('the body is empty', 'Пустое тело запроса');
    return root;
  };
}

let parse = createParser();

/**
 * Parses a document into a tree. Nothing outside it is ever read: a DOCTYPE is refused, so there are no entities but the five of XML.
 * @throws HubError BAD_REQUEST: not well-formed, a DOCTYPE, XInclude, too deep, too many nodes, attributes or namespaces
 */
export function parseXml(text: string): XmlElement {
  try {
    return parse(text);
  } catch (error) {
    // Where a document broke off is no place to begin the next.
    parse = createParser();
    throw error;
  }
}

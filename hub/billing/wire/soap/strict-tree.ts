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

export interface XmlAttribute {
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

/** The same, while it is read. */
export interface Growing {
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: Growing[];
  text: string;
}

/** Bounds of spec billing 10.2. */
export const DEEPEST = 64;
export const MOST_NODES = 100_000;
const MOST_ATTRIBUTES = 1_000;
const MOST_NAMESPACES = 200;

const malformed = (message: string, russian: string): HubError => new HubError('BAD_REQUEST', message, { reason: 'xml', russian });

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
 * Parses whatever document into a tree, and is the judge of what is one. Nothing outside it is ever read: a DOCTYPE is refused, so there are no entities
 * but the five of XML.
 * @throws HubError BAD_REQUEST: not well-formed, a DOCTYPE, XInclude, too deep, too many nodes, attributes or namespaces
 */
export function parseStrictly(text: string): XmlElement {
  try {
    return parse(text);
  } catch (error) {
    // Where a document broke off is no place to begin the next.
    parse = createParser();
    throw error;
  }
}

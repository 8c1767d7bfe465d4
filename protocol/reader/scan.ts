import { SaxesParser } from 'saxes';
import type { Element } from './element.ts';
import type { FindingArgs } from './finding.ts';
import type { FindingCode } from './finding-table.ts';
import { explainXmlFault } from './xml-fault.ts';

/** Levels of spec 3.8; the other two are ours. Together they bound the memory of one TICKET whatever the file holds. */
const MAX_DEPTH = 64;
export const MAX_TICKET_PARTS = 20_000;
const MAX_ATTRIBUTES = 200;

/** What the scanner tells about one XML document. Indexes point into the decoded text. */
export type ScanSink = {
  root(name: string, at: number): void;
  /** A complete TICKET, standing at `text.slice(element.at, end)`. The answer false stops reading. */
  ticket(element: Element, end: number): boolean;
  /** A TICKET with over MAX_TICKET_PARTS elements and attributes; it is skipped. */
  oversized(at: number): void;
  /** An element that is neither the root nor a TICKET nor inside of one. */
  stray(name: string, at: number): void;
};

/** How reading a document ended. `open` holds the names of the elements that were open at a fault, the root first. */
export type ScanEnd =
  | { kind: 'closed'; next: number }
  | { kind: 'stopped' }
  | { kind: 'fault'; at: number; code: FindingCode; args: FindingArgs; open: readonly string[] };

/** Thrown through the parser to leave it from inside of a callback; caught in scanDocument. */
const LEAVE = new Error('left the parser');

/**
 * Reads the XML document that begins at `from`, with its declaration or its root, up to its closing root tag. Each TICKET outside of another
 * TICKET is built as a tree and handed over before the next one is read.
 */
export function scanDocument(text: string, from: number, sink: ScanSink): ScanEnd {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  const open: string[] = [];
  const outcome: { end?: ScanEnd } = {};
  let ticketDepth = 0;
  let ticketAt = 0;
  let element: Element | undefined;
  let parts = 0;
  let attributes = 0;

  const leave = (end: ScanEnd): never => {
    outcome.end = end;
    throw LEAVE;
  };
  const fault = (at: number, code: FindingCode, args: FindingArgs = {}): ScanEnd => ({ kind: 'fault', at, code, args, open });
  const tagStart = () => text.lastIndexOf('<', from + parser.position - 1);
  const count = () => {
    if (ticketDepth > 0 && ++parts > MAX_TICKET_PARTS) element = undefined;
  };

  parser.on('opentagstart', (tag) => {
    const at = tagStart();
    if (open.length === MAX_DEPTH) leave(fault(at, 'TOO_DEEP', { limit: MAX_DEPTH }));
    if (open.length === 0) sink.root(tag.name, at);
    open.push(tag.name);
    attributes = 0;
    // Without namespaces the values are strings; the parser's types leave that open for this event.
    const values = tag.attributes as Record<string, string>;
    if (ticketDepth > 0) {
      count();
      if (element === undefined) return;
      const child: Element = { name: tag.name, attributes: values, children: [], text: '', at, parent: element, nth: 0 };
      element.children.push(child);
      element = child;
    } else if (tag.name === 'TICKET') {
      ticketDepth = open.length;
      ticketAt = at;
      parts = 0;
      element = { name: tag.name, attributes: values, children: [], text: '', at, parent: undefined, nth: 0 };
    } else if (open.length > 1) {
      sink.stray(tag.name, at);
    }
  });
  parser.on('attribute', () => {
    if (++attributes > MAX_ATTRIBUTES) leave(fault(tagStart(), 'TOO_MANY_ATTRIBUTES', { limit: MAX_ATTRIBUTES }));
    count();
  });
  const addText = (piece: string) => {
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', (tag) => {
    const next = from + parser.position;
    // The parser closes every element that an outer end tag leaves open before it complains; such a TICKET is not complete.
    const start = tagStart();
    const own = tag.isSelfClosing || text.slice(start + 2, next - 1).trimEnd() === tag.name;
    if (!own) leave(fault(start, 'MALFORMED', { why: explainXmlFault('unexpected close tag') }));
    if (open.length === ticketDepth) {
      const ticket = element;
      element = undefined;
      ticketDepth = 0;
      if (ticket === undefined) sink.oversized(ticketAt);
      else if (!sink.ticket(ticket, next)) leave({ kind: 'stopped' });
    } else {
      element = element?.parent;
    }
    if (open.length === 1) leave({ kind: 'closed', next });
    open.pop();
  });
  parser.on('error', (error) => {
    const at = Math.max(from, Math.min(from + parser.position, text.length) - 1);
    leave(fault(at, codeOf(error.message, open.length > 0), { why: explainXmlFault(error.message) }));
  });

  try {
    parser.write(text.slice(from));
  } catch (error) {
    if (error !== LEAVE || outcome.end === undefined) throw error;
    return outcome.end;
  }
  return fault(text.length, 'TRUNCATED');
}

function codeOf(message: string, rootOpen: boolean): FindingCode {
  if (message.includes('entity')) return 'ENTITY';
  if (message.includes('doctype')) return 'DOCTYPE';
  // The next document of the file begins before this one has ended.
  return rootOpen && message.includes('XML declaration must') ? 'TRUNCATED' : 'MALFORMED';
}

import type { ReadDocument } from './document.ts';
import { type Element, fingerprint } from './element.ts';
import { readInto, type Scope } from './rules.ts';
import { FAMILY_OF_TYPE, TICKET } from './vocabulary.ts';

/** Where a TICKET stands: the fields of a ReadDocument that do not come from its elements. */
export type Standing = Pick<ReadDocument, 'file' | 'position' | 'line' | 'column' | 'path' | 'bytes' | 'xml'>;

/** Makes the typed document of a TICKET tree; what is strange about it is reported to the scope (spec online-ticket 3.8). */
export function interpret(element: Element, standing: Standing, scope: Scope): ReadDocument {
  const document: ReadDocument = { identity: '', family: 'other', ...standing, fingerprint: fingerprint(element), extra: scope.extra };
  readInto(document, element, TICKET, scope);
  document.family = FAMILY_OF_TYPE.get(document.type ?? '') ?? 'other';
  for (const [name, value] of [
    ['TYPE', document.type],
    ['OPTYPE', document.opType],
    ['TRANS_TYPE', document.transType],
  ]) {
    if (name !== undefined && value === undefined) scope.report('MISSING', { element }, { name });
  }
  if (document.number === undefined) scope.report('NO_NUMBER', { element });
  document.identity = identityOf(document);
  return document;
}

/** A file of its own for a document that may stand among others or in another encoding: UTF-8, one TICKET (spec online-ticket 3.1, 8). */
export function standaloneXml(document: Pick<ReadDocument, 'xml'>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  ${document.xml}\n</TICKETS>\n`;
}

function identityOf(document: ReadDocument): string {
  if (document.number === undefined) return `${document.file}#${document.position}`;
  return `${document.number} ${document.opType ?? '-'} ${document.transType ?? '-'}`;
}

/** Codes of spec 2.4 that refuse an operation. TOO_LARGE is the one of spec 2.1 for a document whose XML passes 1 MiB. */
export type FaultCode =
  | 'REQUIRED'
  | 'BAD_TYPE'
  | 'BAD_FORMAT'
  | 'TOO_LONG'
  | 'TOO_MANY'
  | 'UNKNOWN_FIELD'
  | 'TEXT_NOT_ALLOWED'
  | 'AMOUNT_PRECISION'
  | 'KIND_ROLE'
  | 'ROLE_COUNT'
  | 'TYPE_KIND'
  | 'MCO_TYPE_MISPLACED'
  | 'NUMBER_DUPLICATE'
  | 'LINK_MISSING'
  | 'LINK_UNKNOWN'
  | 'HISTORY_NOT_FOUND'
  | 'HISTORY_TAKEN_BACK'
  | 'TIME_FUTURE'
  | 'TOO_LARGE';

/** Codes of spec 2.4 that are stored, returned and shown, and never stop an operation. UNROUTED is added where routing is done. */
export type WarningCode = 'FOP_SUM' | 'COUPON_SUM' | 'NAME_UNCHANGED' | 'NAME_CHANGED' | 'TIME_OLD' | 'UNROUTED' | 'CODE_CYRILLIC_ONLY';

/** One thing wrong with an operation. `path` is a JSON Pointer (RFC 6901) into the control message as it was sent. */
export type Fault = { code: FaultCode; path: string; message: string };
export type Warning = { code: WarningCode; path: string; message: string };

/** An answer lists every fault up to this many (spec 2.1). */
export const MAX_FAULTS = 100;

/** Longest piece of a hostile key or value that is repeated in a message or a path. */
const SHOWN = 60;

/** RFC 6901 pointer. A key that the sender invented is cut to a readable length and made well-formed, so that a fault stays small. */
export function pointer(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    text += `/${shown(String(step)).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return text;
}

/** A piece of the sender's text as it may stand in a message: cut, well-formed. */
export function shown(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  return short.toWellFormed();
}

import type { FindingSink, Sentence } from './finding.ts';
import type { Slot } from './parser.ts';

/** Where in a message a value stands; it decides how the value is written (spec callbacks 5.5). Anything else is an error at save. */
export type Position =
  | 'xml-text'
  | 'xml-attribute'
  | 'xml-cdata'
  | 'json-string'
  | 'json-value'
  | 'form-value'
  | 'path-segment'
  | 'query-value'
  | 'header-value'
  | 'text';

/** Follows the literals of one setting and says where each slot stands. */
export interface Scanner {
  /** @returns the literal as it is sent: the same, save for what the charset or a neighbouring value makes necessary. */
  literal(text: string, offset: number): string;
  /** @returns undefined when no value may stand here; the sink has been told. */
  slot(slot: Slot): Position | undefined;
}

/** Tells the sink that no value may stand where this slot stands. */
export function refuse(slot: Slot, sink: FindingSink, sentence: Sentence): undefined {
  sink.error('position', slot.offset, sentence, { variable: slot.source });
}

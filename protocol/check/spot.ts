import type { ReadDocument } from '../reader/document.ts';
import type { Finding } from '../reader/finding.ts';

/** Where a document stands: all that the check remembers of it until the end. */
export type Spot = Pick<Finding, 'file' | 'line' | 'column' | 'offset' | 'path'>;

export function spotOf(document: ReadDocument): Spot {
  return { file: document.file, line: document.line, column: document.column, offset: document.bytes.start, path: document.path };
}

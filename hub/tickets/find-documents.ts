import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { numberSpellings } from './document-number.ts';
import { type DocumentView, findDocumentRows } from './sql/documents.ts';
import { lowestIdAt } from './time-id.ts';

export type { DocumentView };

export interface FindDocumentsInput {
  /** As a person types it: spaces and hyphens do not matter. */
  readonly number?: string | undefined;
  readonly pnr?: string | undefined;
  /** Made at or after. */
  readonly from?: Temporal.Instant | undefined;
  /** Made before. */
  readonly to?: Temporal.Instant | undefined;
  /** Cursor: the last id of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Clocks of hubs may differ from the database's by so much without a document being missed. */
const MARGIN = { hours: 1 };

/** Documents by number, PNR and time, newest first. */
export async function findDocuments(
  db: Queryable,
  { number, pnr, from, to, after, limit }: FindDocumentsInput,
): Promise<Page<DocumentView>> {
  const rows = await findDocumentRows(
    db,
    {
      numbers: number === undefined ? undefined : numberSpellings(number),
      // Kept as it was received, which mostly is in capitals.
      pnrs: pnr === undefined ? undefined : [...new Set([pnr.trim(), pnr.trim().toUpperCase()])],
      from,
      lowest: from && lowestIdAt(from.subtract(MARGIN)),
      to,
      below: to && lowestIdAt(to.add(MARGIN)),
      after,
    },
    limit + 1,
  );
  return pageOf(rows, limit, (row) => row.documentId);
}

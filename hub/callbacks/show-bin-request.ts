import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { openRequest } from './bin-request.ts';
import { type BodyView, viewBody } from './body-view.ts';
import { listCursor } from './list-cursor.ts';
import { type BinPorts, loadBin } from './load-bin.ts';
import { type BinRequestRow, requestByNumber, requestPage } from './sql/bins.ts';

/** A request in a list: nothing of its content. */
export interface BinRequestSummary {
  readonly number: number;
  readonly received_at: Temporal.Instant;
  readonly via: BinRequestRow['via'];
  /** Made of a real event: its content is for those with callbacks.payload. */
  readonly personal: boolean;
  readonly method: string;
  readonly content_type: string | null;
  readonly bytes: number;
  /** Status of the answer; null when the connection was closed instead. */
  readonly answered: number | null;
}

export interface BinRequestView extends BinRequestSummary {
  /** The content is personal and the caller has no right to it: no query, no headers, no body. */
  readonly hidden: boolean;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: BodyView | null;
}

const summaryOf = ({ receivedAt, contentType, number, via, personal, method, bytes, answered }: BinRequestRow): BinRequestSummary => ({
  number,
  received_at: receivedAt,
  via,
  personal,
  method,
  content_type: contentType,
  bytes,
  answered,
});

/** The requests of a bin, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST on a damaged cursor. */
export async function listBinRequests(
  db: Queryable,
  caller: Caller,
  ports: BinPorts,
  { id, after, limit }: { readonly id: number; readonly after?: string | undefined; readonly limit: number },
): Promise<Page<BinRequestSummary>> {
  await loadBin(db, caller, ports, 'callbacks.read', id);
  const below = listCursor.idOf(after) || Number.MAX_SAFE_INTEGER;
  const rows = await requestPage(db, id, ports.binDays, below, limit + 1);
  return pageOf(rows.map(summaryOf), limit, ({ number }) => listCursor.after(number));
}

interface Found {
  readonly row: BinRequestRow;
  readonly mayRead: boolean;
  readonly content: Awaited<ReturnType<typeof openRequest>>;
}

async function find(
  tx: Transaction,
  caller: Caller,
  ports: BinPorts & { readonly secretKey: SecretKey },
  id: number,
  number: number,
): Promise<Found> {
  const { token, organizationId } = await loadBin(tx, caller, ports, 'callbacks.read', id);
  const [row] = await requestByNumber(tx, id, ports.binDays, number);
  if (!row) {
    throw new HubError('NOT_FOUND', `request bin ${id} has no request ${number}, or no longer`, {
      russian: `в приёмнике ${id} нет запроса ${number}, или он уже удалён`,
    });
  }
  const mayRead = !row.personal || inScope(scopeOf(caller, 'callbacks.payload'), organizationId);
  if (row.personal && mayRead) await audit(tx, caller, { action: 'callbacks.bin.read', object: `${id}/${number}` });
  return { row, mayRead, content: await openRequest(ports.secretKey, token, row.sealed) };
}

/**
 * One request with its content as text. Content made of a real event is shown to those with `callbacks.payload` only, and that is audited (spec 6.12).
 * @throws HubError NOT_FOUND.
 */
export async function showBinRequest(
  tx: Transaction,
  caller: Caller,
  ports: BinPorts & { readonly secretKey: SecretKey },
  id: number,
  number: number,
): Promise<BinRequestView> {
  const { row, mayRead, content } = await find(tx, caller, ports, id, number);
  const summary = summaryOf(row);
  if (!mayRead) return { ...summary, hidden: true, url: content.url.split('?', 1)[0] ?? '', headers: [], body: null };
  const { url, headers, body } = content;
  return { ...summary, hidden: false, url, headers, body: viewBody(body, row.contentType ?? '') };
}

/** The bytes of a request's body as they came. @throws HubError NOT_FOUND; FORBIDDEN when they are personal and the caller has no right to them. */
export async function readBinBody(
  tx: Transaction,
  caller: Caller,
  ports: BinPorts & { readonly secretKey: SecretKey },
  id: number,
  number: number,
): Promise<Buffer> {
  const { mayRead, content } = await find(tx, caller, ports, id, number);
  if (!mayRead) throw new HubError('FORBIDDEN', 'the right callbacks.payload is needed: this request was made of a real event');
  return content.body;
}

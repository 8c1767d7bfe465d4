import type { QueryResultRow } from 'pg';
import { type Queryable, run, type Transaction, type Value } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { audit } from '../../core/identity/audit.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { Call, Run } from '../catalogue/descriptor.ts';
import { fenceValues } from '../fence.ts';
import { findContract, lockContract } from '../find-contract.ts';
import { contractsWithin } from '../sql/seen-contracts.ts';
import { contractNamed } from '../turns.ts';

/** A contract as a site service sees it. */
export interface SiteContract {
  readonly id: number;
  readonly title: string;
  readonly comment: string;
  readonly status: number;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
}

/** What an operation of a site service is run with. */
export interface SiteCall {
  readonly operator: { readonly id: number; readonly login: string };
  readonly protocol: 'soap' | 'json';
  readonly requestId: string | undefined;
  readonly now: Temporal.Instant;
  /** The day of the billing. */
  readonly today: Temporal.PlainDate;
  /** Aborts when the time of the call is over: hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /**
   * Runs a statement in the hub's database; of an operation of kind `write` inside its transaction. Numbers of bigint come as number, numeric as exact
   * text, days and instants as Temporal.
   */
  query<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** A contract; one outside the operator's fence does not exist. In an operation of kind `write` it is locked until the end. @throws not found */
  contract(id: number): Promise<SiteContract>;
  /** Of these contracts those that the operator may see. */
  visible(ids: readonly number[]): Promise<number[]>;
  /** An error for the user of the calling program (BGMessageException): `throw call.refusal('...')`. @param russian its text in Russian (Default: the same) */
  refusal(text: string, russian?: string): Error;
}

const notes = notesOf('billing.site-services');

const ended = (place: string): HubError => new HubError('INTERNAL', `${place} has ended: nothing can be done in its name any more`);

function siteCall(call: Call, place: string, kind: 'read' | 'write', signal: AbortSignal, until: number): SiteCall {
  const db: Queryable = kind === 'write' ? call.tx : call.db;
  const own = async <T>(work: (left: number) => Promise<T>): Promise<T> => {
    if (signal.aborted) throw ended(place);
    return work(Math.max(1, Math.ceil(until - performance.now())));
  };
  /** The server itself gives a statement of the transaction up when the time is over: its connection must be free for the rollback. */
  const bound = async (left: number): Promise<void> => {
    if (kind === 'write') await run(call.tx, `SET LOCAL statement_timeout = ${left}`);
  };
  return {
    operator: { id: call.operatorId, login: call.caller.login },
    protocol: call.protocol === 'soap' ? 'soap' : 'json',
    requestId: call.caller.requestId,
    now: call.now,
    today: call.today,
    signal,
    query: (text, values = []) =>
      own(async (left) => {
        await bound(left);
        const limited: Queryable = { query: (query) => db.query({ ...query, query_timeout: left } as typeof query) };
        return (await run(limited, text, values)).rows as never[];
      }),
    contract: (id) =>
      own(async (left) => {
        await bound(left);
        const row = kind === 'write' ? await lockContract(call.tx, call, id) : await findContract(call.db, call, id);
        const { title, comment, status, dateFrom, dateTo } = row;
        return { id, title, comment, status, dateFrom, dateTo };
      }),
    visible: (ids) =>
      own(async (left) => {
        await bound(left);
        const rows = await contractsWithin(db, ids, ...fenceValues(call.fence));
        const seen = new Set(rows.map(({ id }) => id));
        return ids.filter((id) => seen.has(id));
      }),
    refusal: (text, russian = text) => new HubError('NOT_ALLOWED', text, { russian }),
  };
}

export interface SiteOperation {
  /** `TicketService.ticketAdd` */
  readonly place: string;
  /** For the log. */
  readonly file: string;
  readonly kind: 'read' | 'write';
  readonly run: (call: SiteCall, args: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** Whatever the site's code throws becomes an error that callers know; what it did not mean to throw is a defect, told in the log with its file. */
function thrownBySite(thrown: unknown, { place, file }: SiteOperation, requestId: string | undefined): unknown {
  if (thrown instanceof HubError) return thrown;
  // The database's own errors are worded by the performer.
  if (thrown instanceof Error && typeof (thrown as { code?: unknown }).code === 'string' && 'severity' in thrown) return thrown;
  notes.error('a site service failed', { operation: place, file, requestId }, thrown);
  return new HubError('INTERNAL', `${place} failed`, { cause: thrown });
}

const auditCall = (tx: Transaction, call: Call, place: string, contractId: number | undefined): Promise<void> =>
  audit(tx, call.caller, { action: 'billing.site.call', object: place, ...(contractId !== undefined && { after: { contractId } }) });

/**
 * An operation of a site service as the registry runs it: within a time, after which nothing more can be done in its name; audited when it changes.
 * @param seconds of the whole run
 * @throws HubError STORE_UNAVAILABLE with the reason `deadline`, INTERNAL, and what the operation refuses
 */
export function bindSiteOperation(operation: SiteOperation, seconds: number): Run {
  const { place, kind } = operation;
  return async (call: Call, args: Record<string, unknown>) => {
    const over = new AbortController();
    const until = performance.now() + seconds * 1_000;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new HubError('STORE_UNAVAILABLE', `${place} did not answer within ${seconds} s`, {
        reason: 'deadline',
        russian: `${place}: нет ответа в течение ${seconds} с`,
      });
      over.abort(error);
      late.reject(error);
    }, seconds * 1_000);
    try {
      const site = siteCall(call, place, kind, over.signal, until);
      const work = (async () => operation.run(site, args))();
      const answer = await Promise.race([work, late.promise]);
      if (kind === 'write') await auditCall(call.tx, call, place, contractNamed(args));
      return answer;
    } catch (thrown) {
      throw thrownBySite(over.signal.aborted ? over.signal.reason : thrown, operation, call.caller.requestId);
    } finally {
      clearTimeout(timer);
      over.abort(ended(place));
    }
  };
}

import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, scopeOf } from '../core/identity/caller.ts';
import { type DeliveryState, hasEnded } from './delivery-view.ts';
import { listCursor } from './list-cursor.ts';
import { type DeliveryFilter, ownersOf } from './list-deliveries.ts';
import { actsOf, type ResendJobAct, type ResendJobState, stateAfter } from './mass-resend.ts';
import type { ResendMode } from './resend-deliveries.ts';
import { insertResendJob, lockResendJob, type ResendJobRow, resendJobById, resendJobPage, setResendJobState } from './sql/resend-jobs.ts';

/** What a job takes when its filter names no state: what did not arrive and was not canceled by anybody. */
const UNDELIVERED: readonly DeliveryState[] = ['failed', 'rejected', 'blocked'];
const BEYOND = Number.MAX_SAFE_INTEGER;

/** A job as it is shown. */
export interface ResendJobView {
  readonly id: number;
  readonly state: ResendJobState;
  readonly actions: readonly ResendJobAct[];
  readonly filter: Readonly<Record<string, unknown>>;
  readonly mode: ResendMode;
  readonly rate: number;
  /** Deliveries that it is about; final once it is ready. */
  readonly found: number;
  readonly resent: number;
  readonly skipped: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly fault: string | null;
  readonly made_by: string;
  readonly made_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
}

const viewOf = (row: ResendJobRow): ResendJobView => ({
  id: row.jobId,
  state: row.state,
  actions: actsOf(row.state),
  filter: row.filter,
  mode: row.mode,
  rate: row.rate,
  found: row.found,
  resent: row.resent,
  skipped: row.skipped,
  reasons: row.reasons,
  fault: row.fault,
  made_by: row.madeBy,
  made_at: row.madeAt,
  changed_at: row.changedAt,
});

/** Tells how far a job is, for those who watch it. */
export async function publishJob(tx: Transaction, row: ResendJobRow): Promise<void> {
  const { jobId, state, found, resent, skipped, owners } = row;
  await publish(tx, {
    type: `vestnik.callbacks.resend.${state}`,
    subject: `resend-job/${jobId}`,
    data: { job_id: jobId, state, found, resent, skipped, organization_id: owners?.length === 1 ? owners[0] : null, by: row.madeBy },
  });
}

/**
 * Prepares a resend of everything that fits a filter and has ended by now; nothing is sent before it is started.
 * @throws HubError BAD_REQUEST when the filter names a state in which a delivery has not ended.
 */
export async function addResendJob(
  tx: Transaction,
  caller: Caller,
  { filter, mode, rate }: { readonly filter: DeliveryFilter; readonly mode: ResendMode; readonly rate: number },
): Promise<ResendJobView> {
  const { state = UNDELIVERED } = filter;
  const wrong = state.find((one) => !hasEnded(one));
  if (wrong !== undefined)
    throw new HubError('BAD_REQUEST', `state: only deliveries that have ended are sent again, and ${wrong} has not`, {
      reason: 'bad_state',
      russian: `state: повторно отправляются только завершённые доставки, а ${wrong} ещё не завершена`,
    });
  const kept = { ...filter, state };
  const [row] = await insertResendJob(
    tx,
    JSON.stringify(kept),
    ownersOf(caller, 'callbacks.resend') ?? null,
    mode,
    rate,
    caller.login,
    caller.face,
  );
  if (!row) throw new HubError('INTERNAL', 'the resend job was not stored');
  await audit(tx, caller, { action: 'callbacks.resend.add', object: String(row.jobId), after: { filter: row.filter, mode, rate } });
  await publishJob(tx, row);
  return viewOf(row);
}

/** A job is for those who may resend all of what it is about. */
function requireSeen(caller: Caller, id: number, row: ResendJobRow | undefined): ResendJobRow {
  const scope = scopeOf(caller, 'callbacks.resend');
  if (row && (scope === 'all' || row.owners?.every((owner) => scope.has(owner)) === true)) return row;
  throw new HubError('NOT_FOUND', `there is no resend job ${id}`, { russian: `задания повторной отправки ${id} нет` });
}

/** @throws HubError NOT_FOUND. */
export async function showResendJob(db: Queryable, caller: Caller, id: number): Promise<ResendJobView> {
  return viewOf(requireSeen(caller, id, (await resendJobById(db, id))[0]));
}

/** The newest first. @throws HubError BAD_REQUEST on a damaged cursor. */
export async function listResendJobs(
  db: Queryable,
  caller: Caller,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<ResendJobView>> {
  const before = after === undefined ? BEYOND : listCursor.idOf(after);
  const rows = await resendJobPage(db, before, ownersOf(caller, 'callbacks.resend') ?? null, limit + 1);
  return pageOf(rows.map(viewOf), limit, ({ id }) => listCursor.after(id));
}

/** Starts, pauses, resumes or cancels a job. @param rate another rate from now on. @throws HubError NOT_FOUND, CONFLICT `bad_state`. */
export async function actOnResendJob(
  tx: Transaction,
  caller: Caller,
  { id, act, rate }: { readonly id: number; readonly act: ResendJobAct; readonly rate?: number | undefined },
): Promise<ResendJobView> {
  const before = requireSeen(caller, id, (await lockResendJob(tx, id))[0]);
  const state = stateAfter(before.state, act);
  if (state === undefined)
    throw new HubError('CONFLICT', `job ${id} is ${before.state}: ${actsOf(before.state).join(', ') || 'nothing'} is possible`, {
      reason: 'bad_state',
      russian: `задание ${id} в состоянии ${before.state}: возможно ${actsOf(before.state).join(', ') || 'ничего'}`,
    });
  const [row = before] = await setResendJobState(tx, id, state, rate ?? null, null);
  await audit(tx, caller, {
    action: `callbacks.resend.${act}`,
    object: String(id),
    before: { state: before.state, rate: before.rate },
    after: { state, rate: row.rate, found: row.found, resent: row.resent },
  });
  await publishJob(tx, row);
  return viewOf(row);
}

import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { CLOSED_KINDS, CLOSED_NAMES, type ClosedName } from './closed-dates.ts';
import { closedDateRows, dropClosedDate, lockClosedDates, putClosedDate } from './sql/closed-dates.ts';

const KINDS: readonly number[] = Object.values(CLOSED_KINDS);

function checkKind(typeId: number): void {
  if (KINDS.includes(typeId)) return;
  throw new HubError('BAD_REQUEST', `typeId: ${typeId} is no kind of movement; known are ${KINDS.join(', ')}`, {
    reason: 'typeId',
    russian: `typeId: неизвестный тип ${typeId}, допустимы ${KINDS.join(', ')}`,
  });
}

/** The last closed day of one kind (`CLOSED_KINDS`). @throws HubError BAD_REQUEST */
export async function closedDate(db: Queryable, typeId: number): Promise<Temporal.PlainDate | undefined> {
  checkKind(typeId);
  return (await closedDateRows(db)).find((row) => row.typeId === typeId)?.day;
}

/** The last closed day of every kind; null: nothing of it is closed. */
export async function closedDates(db: Queryable): Promise<{ readonly kind: ClosedName; readonly day: Temporal.PlainDate | null }[]> {
  const rows = await closedDateRows(db);
  return (Object.keys(CLOSED_NAMES) as ClosedName[]).map((kind) => ({
    kind,
    day: rows.find(({ typeId }) => typeId === CLOSED_NAMES[kind])?.day ?? null,
  }));
}

/**
 * Closes everything of one kind up to and including a day; undefined opens it. The day may move back (spec 2.12). Waits for the changes of money
 * under way, which are counted as before it. @param typeId `CLOSED_KINDS`
 * @throws HubError BAD_REQUEST
 */
export async function setClosedDate(tx: Transaction, act: Act, typeId: number, day: Temporal.PlainDate | undefined): Promise<void> {
  checkKind(typeId);
  await lockClosedDates(tx);
  const former = await closedDate(tx, typeId);
  if (day) await putClosedDate(tx, typeId, day);
  else await dropClosedDate(tx, typeId);
  await audit(tx, act.caller, {
    action: 'billing.closed-date.set',
    object: String(typeId),
    before: { day: former?.toString() ?? null },
    after: { day: day?.toString() ?? null },
  });
}

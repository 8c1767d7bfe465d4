import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { eventOf } from './record-change.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { RESULT } from './result.ts';
import { insertLog } from './sql/log.ts';
import { deletePeopleRows, lockPeople, personById } from './sql/people.ts';
import {
  type CancelledTarget,
  calledPeople,
  cancelTargetsOf,
  forgetTargetsOf,
  lockTargetsOf,
  promoteFollowers,
} from './sql/person-targets.ts';
import { addCounts } from './sql/settle.ts';

/** Counters of what ends by an edit stand in this shard; few edits meet there. */
const SHARD = 0;

/** Adds to the counters of the runs, and tells of each target that has ended. */
async function tellCancelled(tx: Transaction, cancelled: readonly CancelledTarget[]): Promise<void> {
  const counts = new Map<number, number>();
  for (const { runId } of cancelled) counts.set(runId, (counts.get(runId) ?? 0) + 1);
  const runs = [...counts.keys()].sort((one, other) => one - other);
  await addCounts(
    tx,
    runs,
    SHARD,
    runs.map(() => RESULT.cancelled),
    runs.map((run) => counts.get(run) ?? 0),
  );
  await publish(
    tx,
    ...cancelled.map(({ runId, no, personId, attempts }) => ({
      type: 'vestnik.alerts.target.result',
      subject: `${runId}.${no}`,
      data: { run: runId, target: no, person: personId, result: RESULT.cancelled, attempts, address: '', channel: null },
    })),
  );
}

/**
 * Deletes people with their addresses and their places in lists, all of them or none. Who is being called is not deleted; what is queued for the others
 * ends as cancelled, and what is handed over already comes to its end in the report (specification of alerts 3.5, DELABONENTS). Where `alerts.forgetNames` says so,
 * reports show their numbers instead of their names from now on.
 * @throws HubError NOT_FOUND `unknown_person`, CONFLICT `under_call`
 */
export async function deletePeople(tx: Transaction, act: Act, ids: readonly number[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const present = new Map((await lockPeople(tx, wanted.filter(isId))).map(({ id, name }) => [id, name]));
  const missing = wanted.find((id) => !present.has(id));
  if (missing !== undefined) throw refusal('unknown_person', missing);
  if (wanted.length === 0) return;
  // First the targets are held: an attempt that begins at this moment is either seen below, or finds its target gone.
  await lockTargetsOf(tx, wanted);
  const [called] = await calledPeople(tx, wanted);
  if (called) throw refusal('under_call', called.id);
  const cancelled = await cancelTargetsOf(tx, wanted);
  if (cancelled.length > 0) {
    await promoteFollowers(
      tx,
      cancelled.map(({ runId }) => runId),
      cancelled.map(({ no }) => no),
    );
    await tellCancelled(tx, cancelled);
  }
  if (act.settings.forgetNames === 'yes') await forgetTargetsOf(tx, wanted);
  await deletePeopleRows(tx, wanted);
  const [first = 0] = wanted;
  const about = wanted.length === 1 ? String(first) : `${first}, …`;
  await audit(tx, act.caller, {
    action: 'alerts.person.delete',
    object: about,
    before: wanted.length === 1 ? { name: present.get(first) } : { people: wanted },
  });
  await publish(
    tx,
    ...wanted.map((id) =>
      eventOf(act, { thing: 'person', done: 'deleted', id, ...(wanted.length > 1 && { data: { with: wanted.length } }) }),
    ),
  );
  const said = wanted.length === 1 ? `Удалён абонент «${present.get(first)}» (${first})` : `Удалено абонентов: ${wanted.length}`;
  await insertLog(tx, 'info', act.caller.login, said);
}

/** Deletes one person. @throws HubError NOT_FOUND `unknown_person`, CONFLICT `under_call`, STALE_VERSION */
export async function deletePerson(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  await lockPeople(tx, [id].filter(isId));
  const [row] = isId(id) ? await personById(tx, id) : [];
  if (!row) throw refusal('unknown_person', id);
  requireVersion(`person ${id}`, row.version, version);
  await deletePeople(tx, act, [id]);
}

import type { Database } from '../core/database/database.ts';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { cancelDeliveries } from '../core/deliveries/enqueue.ts';
import { eraseAttemptFacts, type LogRow, readAttemptsOf, readLog } from '../core/deliveries/log.ts';
import type { StoredEvent } from '../core/events/subscribe.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { bodyPlace, hasEnded, PERSON_KINDS } from './delivery-view.ts';
import { blankExchanges } from './record-attempts.ts';
import { dueErasures, endErasure, insertErasure, passErasure } from './sql/erase.ts';

/** The events by which travel says that a person is to be forgotten (spec 6.12). */
export const ERASURE_EVENTS = ['vestnik.travel.Person'];

/** Whether an event asks for a person to be forgotten. */
export const isErasure = ({ data }: Pick<StoredEvent, 'data'>): boolean => data['erased'] === true && typeof data['id_Person'] === 'number';

/** Notes the persons that events ask to be forgotten. */
export async function noteErasures(tx: Transaction, events: readonly StoredEvent[]): Promise<void> {
  for (const event of events) if (isErasure(event)) await insertErasure(tx, event.data['id_Person'] as number, event.position);
}

/** After this the second pass: what was under way at the first has ended. Seconds. */
const SECOND_PASS = 600;
const PAGE = 500;
/** What a delivery that waited has as its error. */
const ERASED = 'person_erased';

/** All deliveries about a person, in pages. */
async function* deliveriesOf(db: Queryable, person: number): AsyncGenerator<readonly LogRow[]> {
  const query = { targets: undefined, held: [], holding: [], known: [], keys: [person], types: PERSON_KINDS };
  let before: number | undefined;
  do {
    const page = await readLog(db, 'callbacks', query, { before, limit: PAGE });
    yield page.rows;
    before = page.next;
  } while (before !== undefined);
}

/** Ends those that wait: the data that they would send is gone. The one that tells of it goes out. */
async function cancelWaiting(tx: Transaction, rows: readonly LogRow[], position: string): Promise<void> {
  for (const { id, target, ref, state } of rows)
    if (!hasEnded(state) && ref !== position) await cancelDeliveries(tx, 'callbacks', target, [id], 'canceled', ERASED);
}

/** Takes the bytes of all attempts out of their blocks; numbers and outcomes stay. @returns how many attempts. */
async function eraseBodies(database: Database, secretKey: SecretKey, rows: readonly LogRow[]): Promise<number> {
  const attempts = await readAttemptsOf(
    database.work,
    'callbacks',
    rows.map(({ id }) => id),
  );
  const byBlock = new Map<string, { readonly delivery: number; readonly number: number; readonly place: number }[]>();
  for (const attempt of attempts) {
    const at = bodyPlace(attempt);
    if (!at) continue;
    const places = byBlock.get(at.block) ?? [];
    places.push({ delivery: attempt.delivery, number: attempt.number, place: at.place });
    byBlock.set(at.block, places);
  }
  let erased = 0;
  for (const [block, places] of byBlock) {
    await database.transaction(async (tx) => {
      await blankExchanges(tx, secretKey, block, new Set(places.map(({ place }) => place)));
      await eraseAttemptFacts(
        tx,
        'callbacks',
        places.map(({ delivery }) => delivery),
        places.map(({ number }) => number),
      );
    });
    erased += places.length;
  }
  return erased;
}

/**
 * Takes what was noted out of everything that callbacks store: bytes of attempts, and deliveries that wait. Each person is passed twice, as an
 * attempt that was under way stores its bytes when it ends.
 * @returns attempts whose bytes were erased.
 */
export async function erasePersons(database: Database, secretKey: SecretKey, secondPass = SECOND_PASS): Promise<number> {
  let erased = 0;
  for (const { personId, position, again } of await dueErasures(database.work, secondPass)) {
    for await (const rows of deliveriesOf(database.work, personId)) {
      await database.transaction((tx) => cancelWaiting(tx, rows, position));
      erased += await eraseBodies(database, secretKey, rows);
    }
    await (again ? endErasure : passErasure)(database.work, personId);
  }
  return erased;
}

import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needObject } from './find-object.ts';
import { relationEvent } from './relation-event.ts';
import { checkVersion, type Noun, tell } from './save-object.ts';
import { type Relation, removeRelations } from './sql/relations.ts';
import type { Stored } from './sql/table.ts';

/** Which object, and the version that was read. */
export interface Deletion {
  readonly id: number;
  readonly version?: number | undefined;
}

/** The object, locked. @throws HubError NOT_FOUND, FORBIDDEN, STALE_VERSION. */
export async function claimForDeletion<O extends object>(
  tx: Transaction,
  caller: Caller,
  noun: Noun<O>,
  { id, version }: Deletion,
): Promise<O & Stored> {
  const before = await needObject(tx, caller, noun, { id, right: 'static.write', lock: 'change' });
  checkVersion(noun.words, id, before.version, version);
  return before;
}

/** Whoever else refers to a row keeps it by a foreign key: trips an organization, and whatever was added meanwhile. @throws HubError CONFLICT with the reason `in_use` */
export async function removeRows<O extends object>(
  tx: Transaction,
  noun: Noun<O>,
  ids: readonly number[],
  users: { readonly en: string; readonly ru: string },
): Promise<void> {
  await noun.table.removeAll(tx, ids).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== '23503') throw error;
    throw new HubError('CONFLICT', `the ${noun.words.en} cannot be deleted: ${users.en} refer to it`, {
      reason: 'in_use',
      russian: `${noun.words.ru}: удалить нельзя, есть ссылки (${users.ru})`,
      cause: error,
    });
  });
}

/** Events that one statement writes. */
const BATCH = 500;

/** Publishes in order, in bearable pieces. */
export async function publishAll(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += BATCH) await publish(tx, ...events.slice(at, at + BATCH));
}

/** Removes relations as parts of something else; answers their events. */
export async function dropRelations(tx: Transaction, caller: Caller, relations: readonly Relation[]): Promise<NewEvent[]> {
  if (relations.length === 0) return [];
  await removeRelations(
    tx,
    relations.map(({ id_Relation }) => id_Relation),
  );
  return relations.map((relation) => relationEvent(caller, relation, 'delete'));
}

/** Deletes an object without parts: a document, a contact, a mile card. */
export async function deleteObject<O extends object>(tx: Transaction, caller: Caller, noun: Noun<O>, deletion: Deletion): Promise<void> {
  const before = await claimForDeletion(tx, caller, noun, deletion);
  await noun.table.removeAll(tx, [deletion.id]);
  await tell(tx, caller, noun, { action: 'delete', before, after: undefined });
}

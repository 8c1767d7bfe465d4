import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import type { StoredEvent } from '../core/events/subscribe.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { ENDPOINTS } from './notifications.ts';
import { type EndpointWarning, lockEndpoints, setWarnings, usersOfDictionary } from './sql/endpoints.ts';
import { notify } from './sql/notify.ts';
import { type DictionaryName, dropDictionary, dropOrganization, lockNames, takeDictionary, takeOrganization } from './sql/projections.ts';
import { dictionaryKey } from './template/dictionary-names.ts';

/** What of the events of travel the projections are made of (spec 1.4). */
const ORGANIZATION = 'vestnik.travel.Organization';
const DICTIONARY = 'vestnik.travel.SimpleMetaDictionary';
export const PROJECTED_EVENTS: readonly string[] = [ORGANIZATION, DICTIONARY];

const notes = notesOf('callbacks.projections');
/** Warnings that an endpoint keeps, the newest ones. */
const MOST_WARNINGS = 20;

const idOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const namesOf = (dictionary: DictionaryName | undefined): string[] =>
  dictionary ? [dictionary.name, ...(dictionary.nameLatin === null ? [] : [dictionary.nameLatin])].map(dictionaryKey) : [];

/** Every endpoint whose templates use a name that a dictionary no longer has is warned; its templates stay as they are (spec 5.3). */
async function warnUsers(
  tx: Transaction,
  before: DictionaryName | undefined,
  after: DictionaryName | undefined,
  at: Temporal.Instant,
): Promise<void> {
  const still = new Set(namesOf(after));
  const lost = namesOf(before).filter((name) => !still.has(name));
  if (lost.length === 0) return;
  const users = await usersOfDictionary(tx, lost);
  await lockEndpoints(
    tx,
    users.map(({ endpointId }) => endpointId),
  );
  // Read again: a save may have been waited for.
  for (const { endpointId, organizationId, warnings, dictionaries } of await usersOfDictionary(tx, lost)) {
    const fresh = lost
      .filter((name) => dictionaries.includes(name))
      .map(
        (dictionary): EndpointWarning => ({
          code: after ? 'dictionary_renamed' : 'dictionary_deleted',
          at: at.toString(),
          dictionary,
          ...(after && { now: after.name }),
        }),
      );
    await setWarnings(tx, endpointId, JSON.stringify([...warnings, ...fresh].slice(-MOST_WARNINGS)));
    await publish(
      tx,
      ...fresh.map((warning) => ({
        type: 'vestnik.callbacks.endpoint.warned',
        subject: `endpoint/${endpointId}`,
        data: { endpoint_id: endpointId, organization_id: organizationId, ...warning },
      })),
    );
  }
}

async function projectDictionary(tx: Transaction, { data, time }: StoredEvent): Promise<boolean> {
  const object = (typeof data['object'] === 'object' && data['object'] !== null ? data['object'] : {}) as Readonly<Record<string, unknown>>;
  const id = idOf(object['id_MetaDictionary']) ?? idOf(data['id_Object']);
  const name = textOf(object['Name']);
  if (id === undefined) return false;
  await lockNames(tx);
  if (data['action'] === 'delete') {
    const [before] = await dropDictionary(tx, id);
    await warnUsers(tx, before, undefined, time);
    return true;
  }
  if (name === undefined) return false;
  const after = { name, nameLatin: textOf(object['NameLatin']) ?? null };
  const [before] = await takeDictionary(tx, id, after.name, after.nameLatin);
  await warnUsers(tx, before, after, time);
  return true;
}

async function projectOrganization(tx: Transaction, { data }: StoredEvent): Promise<boolean> {
  const id = idOf(data['id_Organization']);
  const name = textOf(data['Name']);
  if (id === undefined) return false;
  if (data['action'] === 'delete') {
    await dropOrganization(tx, id);
  } else {
    if (name === undefined) return false;
    const kind = data['kind'] === 'agency' ? 'agency' : 'client';
    await takeOrganization(tx, id, name, kind, idOf(data['id_Parent']) ?? null, data['active'] !== false);
  }
  await notify(tx, ENDPOINTS, '');
  return true;
}

/**
 * Takes events of travel into the names that callbacks know: of dictionaries and of organizations. A malformed event is passed over with a
 * note: it would stop all that follow.
 */
export async function projectNames(tx: Transaction, events: readonly StoredEvent[]): Promise<void> {
  for (const event of events) {
    const taken =
      event.type === DICTIONARY
        ? await projectDictionary(tx, event)
        : event.type === ORGANIZATION
          ? await projectOrganization(tx, event)
          : true;
    if (!taken)
      notes.warn('an event of travel lacks what its name promises; it was passed over', { type: event.type, position: event.position });
  }
}

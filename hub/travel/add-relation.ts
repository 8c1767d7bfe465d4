import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needObject, requireEverywhere, type StaticRight } from './find-object.ts';
import { farEndOf, newRelationSchema, RELATIONS, type RelationFields } from './relation.ts';
import { relationEvent } from './relation-event.ts';
import { CODES } from './save-code.ts';
import { DICTIONARIES } from './save-dictionary.ts';
import { ORGANIZATIONS } from './save-organization.ts';
import { PERSONS } from './save-person.ts';
import { sourceOf } from './source-of-change.ts';
import { lockCodeTree } from './sql/locks.ts';
import { insertRelation, isCodeAbove, type Relation, relationByEnds, relationById } from './sql/relations.ts';

const WORDS = { en: 'relation', ru: 'связь' };

/** Only a person's codes are an organization's own business; every other relation changes what all organizations are asked or offered. */
export function requireRelationRight(caller: Caller, kind: RelationFields['kind']): void {
  if (kind !== 'MetaCodeForPerson') requireEverywhere(caller, WORDS);
}

/** Both ends are there, within the caller's sight, and stay until the commit. */
async function holdEnds(tx: Transaction, caller: Caller, relation: RelationFields): Promise<void> {
  const own = relation.kind === 'MetaCodeForPerson';
  // Whoever writes a person's codes needs no right to the codes but that of seeing them.
  const right: StaticRight = own ? 'static.read' : 'static.write';
  const hold = (id: number, as: StaticRight) => ({ id, right: as, lock: 'hold' }) as const;
  if (RELATIONS[relation.kind].subject === 'dictionary') await needObject(tx, caller, DICTIONARIES, hold(relation.id_Subject, right));
  else await needObject(tx, caller, CODES, hold(relation.id_Subject, right));
  if (relation.id_MetaCode !== null) await needObject(tx, caller, CODES, hold(relation.id_MetaCode, right));
  if (relation.id_Organization !== null) await needObject(tx, caller, ORGANIZATIONS, hold(relation.id_Organization, right));
  if (relation.id_Person !== null) await needObject(tx, caller, PERSONS, hold(relation.id_Person, 'static.write'));
}

/** @throws HubError VALIDATION with the reason `cycle` when codes would be offered under one another in a ring. */
async function checkRing(tx: Transaction, { id_Subject: code, id_MetaCode: parent }: RelationFields): Promise<void> {
  await lockCodeTree(tx);
  const [row] = await isCodeAbove(tx, parent, code);
  if (!row?.above) return;
  throw new HubError('VALIDATION', `code ${parent} is offered under code ${code} itself: the two would wait for each other`, {
    reason: 'cycle',
    russian: `код ${parent} сам зависит от кода ${code}: получилось бы кольцо`,
    details: [{ code: 'cycle', path: '/id_MetaCode', message: 'codes must not form a ring' }],
  });
}

async function readBack(db: Queryable, id: number): Promise<Relation> {
  const [relation] = await relationById(db, null, id);
  if (!relation) throw new Error(`relation ${id} is gone within its own transaction`);
  return relation;
}

/**
 * Ties two ends; when they are tied already, nothing is written. A console's save makes an event all the same (spec 2.9).
 * @throws HubError VALIDATION (also `cycle`), NOT_FOUND for an end, FORBIDDEN.
 */
export async function ensureRelation(
  tx: Transaction,
  caller: Caller,
  input: unknown,
): Promise<{ readonly relation: Relation; readonly created: boolean }> {
  const fields = validate(newRelationSchema, input, 'body');
  requireRelationRight(caller, fields.kind);
  await holdEnds(tx, caller, fields);
  if (fields.kind === 'MetaCodeOnCodeDependency') await checkRing(tx, fields);
  const { kind, id_Subject, ReserveType, id_MetaCode, id_Organization, id_Person } = fields;
  const subject = RELATIONS[kind].subject === 'dictionary' ? ([id_Subject, null] as const) : ([null, id_Subject] as const);
  const ends = [kind, ...subject, ReserveType, id_MetaCode, id_Organization, id_Person] as const;
  const [fresh] = await insertRelation(tx, ...ends);
  if (!fresh) {
    const [present] = await relationByEnds(tx, ...ends);
    const relation = await readBack(tx, present?.id ?? 0);
    if (sourceOf(caller) === 'console') await publish(tx, relationEvent(caller, relation, 'save'));
    return { relation, created: false };
  }
  const relation = await readBack(tx, fresh.id);
  await audit(tx, caller, { action: 'travel.relation.create', object: String(fresh.id), after: { ...fields } });
  await publish(tx, relationEvent(caller, relation, 'create'));
  return { relation, created: true };
}

/** The same for a call that means a new relation. @throws HubError CONFLICT with the reason `duplicate` when it is there already. */
export async function addRelation(tx: Transaction, caller: Caller, input: unknown): Promise<Relation> {
  const { relation, created } = await ensureRelation(tx, caller, input);
  if (created) return relation;
  const what = `${relation.kind} of ${relation.id_Subject} and ${farEndOf(relation)}`;
  throw new HubError('CONFLICT', `${what} is there already: relation ${relation.id_Relation}`, {
    reason: 'duplicate',
    russian: `такая связь уже есть: ${relation.id_Relation}`,
  });
}

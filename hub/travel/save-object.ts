import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type Findable, needObject } from './find-object.ts';
import { sourceOf } from './source-of-change.ts';
import type { Stored } from './sql/table.ts';

/** An object as it is stored, with its version and times. */
export type Saved<O> = O & Stored;

/** What happened to an object: `save` is a save that changed nothing. */
export interface ObjectChange<O> {
  readonly action: 'create' | 'update' | 'delete' | 'save';
  readonly before: (O & Stored) | undefined;
  readonly after: (O & Stored) | undefined;
}

/** One kind of object that is added, changed and deleted alike: what differs between the kinds. */
export interface Noun<O extends object> extends Findable<O> {
  /** Name of the id among the fields. */
  readonly idField: keyof O & string;
  /** A new one, without its id; and the fields that can be changed, absent ones stay. */
  readonly fresh: z.ZodType;
  readonly change: z.ZodType;
  /** True: values of its fields never go into the audit. */
  readonly personal?: boolean;
  /** Refuses what the schema cannot see: references, uniqueness, the caller's scope. Locks what must stay. */
  check(tx: Transaction, caller: Caller, next: O, before: (O & Stored) | undefined): Promise<void>;
  /** What is said when a unique rule is broken. */
  duplicate(object: O): { readonly en: string; readonly ru: string };
  /** The event of a change; undefined when nobody is told. */
  eventOf(caller: Caller, change: ObjectChange<O>): NewEvent | undefined;
}

/** Audit and event of one change, in this order and in the change's transaction. */
export async function tell<O extends object>(tx: Transaction, caller: Caller, noun: Noun<O>, change: ObjectChange<O>): Promise<void> {
  const object = change.after ?? change.before;
  if (object === undefined) return;
  if (change.action !== 'save')
    await audit(tx, caller, { action: `travel.${noun.name}.${change.action}`, ...auditOf(noun, change, object) });
  const event = noun.eventOf(caller, change);
  if (event) await publish(tx, event);
}

const BOOKKEEPING: ReadonlySet<string> = new Set(['version', 'created_at', 'changed_at', 'organizationId']);

function auditOf<O extends object>(noun: Noun<O>, { before, after }: ObjectChange<O>, object: O & Stored) {
  const fields = (Object.keys(object) as (keyof O & string)[]).filter(
    (field) => !BOOKKEEPING.has(field) && field !== noun.idField && !isDeepStrictEqual(before?.[field], after?.[field]),
  );
  // Audit rows stay when a person is erased: so they name the fields only.
  const shown = (side: O | undefined): Record<string, unknown> =>
    noun.personal ? { fields } : Object.fromEntries(fields.map((field) => [field, side?.[field]]));
  return { object: String(object[noun.idField]), ...(before && { before: shown(before) }), ...(after && { after: shown(after) }) };
}

/** A broken unique rule in words. */
function refusalOf<O extends object>(error: unknown, noun: Noun<O>, object: O): unknown {
  if (!(error instanceof Error) || (error as { code?: unknown }).code !== '23505') return error;
  const { en, ru } = noun.duplicate(object);
  return new HubError('CONFLICT', en, { reason: 'duplicate', russian: ru, cause: error });
}

/** @throws HubError STALE_VERSION with the reason `version` when `expected` is given and is not the present one. */
export function checkVersion(
  words: { readonly en: string; readonly ru: string },
  id: number,
  present: number,
  expected: number | undefined,
): void {
  if (expected === undefined || expected === present) return;
  throw new HubError('STALE_VERSION', `the ${words.en} ${id} is at version ${present}, not ${expected}; read it again`, {
    reason: 'version',
    russian: `${words.ru} ${id}: текущая версия ${present}, а не ${expected}; прочитайте данные заново`,
    details: [{ code: 'version', path: '/version', message: String(present) }],
  });
}

async function readBack<O extends object>(tx: Transaction, noun: Noun<O>, id: number): Promise<O & Stored> {
  const [object] = await noun.table.byId(tx, id);
  if (!object) throw new Error(`${noun.name} ${id} is gone within its own transaction`);
  return object;
}

/**
 * Adds an object: one row, one audit entry, one event.
 * @throws HubError VALIDATION, NOT_FOUND (what it belongs to), CONFLICT with the reason `duplicate`, and what `noun.check` refuses.
 */
export async function addObject<O extends object>(tx: Transaction, caller: Caller, noun: Noun<O>, input: unknown): Promise<O & Stored> {
  const object = validate(noun.fresh, input, 'body') as O;
  await noun.check(tx, caller, object, undefined);
  const id = await noun.table.insert(tx, object).catch((error: unknown) => {
    throw refusalOf(error, noun, object);
  });
  const after = await readBack(tx, noun, id);
  await tell(tx, caller, noun, { action: 'create', before: undefined, after });
  return after;
}

/**
 * Changes the given fields. A save that changes nothing writes nothing; from the console it makes an event all the same (spec 2.9).
 * @throws HubError NOT_FOUND, VALIDATION, STALE_VERSION, CONFLICT.
 */
export async function changeObject<O extends object>(
  tx: Transaction,
  caller: Caller,
  noun: Noun<O>,
  input: { readonly id: number; readonly change: unknown; readonly version?: number | undefined },
): Promise<{ readonly object: O & Stored; readonly changed: boolean }> {
  const change = validate(noun.change, input.change, 'body') as Partial<O>;
  const before = await needObject(tx, caller, noun, { id: input.id, right: 'static.write', lock: 'change' });
  checkVersion(noun.words, input.id, before.version, input.version);
  const given = (Object.keys(change) as (keyof O & string)[]).filter((field) => change[field] !== undefined);
  if (given.every((field) => isDeepStrictEqual(change[field], before[field]))) {
    if (sourceOf(caller) === 'console') await tell(tx, caller, noun, { action: 'save', before, after: before });
    return { object: before, changed: false };
  }
  const next = { ...before, ...Object.fromEntries(given.map((field) => [field, change[field]])) };
  await noun.check(tx, caller, next, before);
  await noun.table.update(tx, input.id, next).catch((error: unknown) => {
    throw refusalOf(error, noun, next);
  });
  const after = await readBack(tx, noun, input.id);
  await tell(tx, caller, noun, { action: 'update', before, after });
  return { object: after, changed: true };
}

import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkEntry } from './check-entry.ts';
import type { Directory } from './directories/directory.ts';
import type { Entry } from './directory-entry.ts';
import { findEntry } from './find-entry.ts';
import { requireVersion } from './require-version.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What of an entry goes into the audit: fields that may hold secrets by their name only. */
export const audited = ({ secret = [] }: Pick<Directory, 'secret'>, fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, secret.includes(name) ? '***' : fields[name]]));

/** The database's own refusals in words. */
function refusalOf(error: unknown, { one }: Directory, id: number | null): unknown {
  const state = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (state !== '23505') return error;
  return new HubError('CONFLICT', `the number ${id} is taken by another ${one.en}`, {
    reason: 'duplicate',
    russian: `${one.ru} ${id}: такой номер уже занят`,
    cause: error,
  });
}

async function readBack<E extends Entry>(tx: Transaction, directory: Directory<E>, id: number): Promise<E> {
  const [entry] = await directory.table.byId(tx, id);
  if (!entry) throw new Error(`${directory.name} ${id} is gone within its own transaction`);
  return entry;
}

/** Of what is given, what says something. */
const said = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The fields of a new entry that nobody says anything about. */
const defaultsOf = ({ fields }: Directory): Fields =>
  said(Object.fromEntries(Object.entries(fields).map(([name, { default: value }]) => [name, value])));

/** An entry that nobody else changes before the commit. @throws HubError NOT_FOUND, STALE_VERSION */
export async function lockEntry<E extends Entry>(
  tx: Transaction,
  act: Pick<Act, 'fence'>,
  directory: Directory<E>,
  { id, version }: { readonly id: number; readonly version?: number | undefined },
): Promise<E> {
  await directory.table.lock(tx, id);
  const entry = await findEntry(tx, act, directory, id);
  requireVersion(`${directory.one.en} ${id}`, entry.version, version);
  return entry;
}

async function storeNew<E extends Entry>(
  tx: Transaction,
  act: Act,
  directory: Directory<E>,
  given: Fields,
  number: number | null,
): Promise<number> {
  const { name, table } = directory;
  await table.lock(tx, null);
  const asked = { ...defaultsOf(directory), ...said(given), id: number ?? 0, version: 1 } as unknown as E;
  const next = directory.normal?.(asked) ?? asked;
  await checkEntry(tx, act, directory, next, undefined);
  const made = await table.insert(tx, number, next).catch((error: unknown) => {
    throw refusalOf(error, directory, number);
  });
  await directory.stored?.(tx, act, { ...next, id: made }, undefined);
  const { id: _, version: __, ...fields } = next;
  const after = audited(directory, fields, Object.keys(fields));
  await audit(tx, act.caller, { action: `billing.${name}.create`, object: `${name}/${made}`, after });
  return made;
}

/** @returns whether anything was to be changed */
async function storeChange<E extends Entry>(
  tx: Transaction,
  act: Act,
  directory: Directory<E>,
  before: E,
  change: Fields,
): Promise<boolean> {
  const { name, table, fields } = directory;
  const { id } = before;
  const moving = Object.fromEntries(Object.entries(said(change)).filter(([field]) => !fields[field]?.fixed));
  const asked: E = { ...before, ...moving };
  const next = directory.normal?.(asked) ?? asked;
  const names = Object.keys(next).filter((field) => !isDeepStrictEqual(next[field], before[field]));
  if (names.length === 0) return false;
  await checkEntry(tx, act, directory, next, before);
  await table.update(tx, id, next);
  await directory.stored?.(tx, act, next, before);
  await audit(tx, act.caller, {
    action: `billing.${name}.change`,
    object: `${name}/${id}`,
    before: audited(directory, before, names),
    after: audited(directory, next, names),
  });
  return true;
}

/**
 * Makes an entry of a directory, or changes one, by fields that a use case has read from an old protocol. What is left out stays, or has its default.
 * @param input.id 0 or below: a new one
 * @param input.version the one that was read; undefined: whatever there is
 * @returns its number
 * @throws HubError NOT_FOUND, STALE_VERSION, and what the directory itself refuses
 */
export async function saveEntry<E extends Entry>(
  tx: Transaction,
  act: Act,
  directory: Directory<E>,
  {
    id,
    version,
    change,
  }: { readonly id: number; readonly version?: number | undefined; readonly change: { readonly [K in keyof E]?: E[K] | undefined } },
): Promise<number> {
  if (id <= 0) return storeNew(tx, act, directory, change, null);
  await storeChange(tx, act, directory, await lockEntry(tx, act, directory, { id, version }), change);
  return id;
}

/**
 * Adds an entry to a directory, under the number that is given or the next one.
 * @param input what `directory.fresh` takes
 * @throws HubError VALIDATION, CONFLICT with the reason `duplicate` (its number, or what must be unique), and what the directory itself refuses
 */
export async function addEntry<E extends Entry>(tx: Transaction, act: Act, directory: Directory<E>, input: unknown): Promise<E> {
  const { id, ...fields } = validate(directory.fresh, input, 'body');
  return readBack(tx, directory, await storeNew(tx, act, directory, fields, id ?? null));
}

/**
 * Changes the given fields of an entry; a change that changes nothing writes nothing.
 * @param input.change what `directory.change` takes
 * @param input.version the one that was read; undefined: whatever there is
 * @throws HubError NOT_FOUND, VALIDATION, STALE_VERSION, CONFLICT
 */
export async function changeEntry<E extends Entry>(
  tx: Transaction,
  act: Act,
  directory: Directory<E>,
  { change, ...wanted }: { readonly id: number; readonly change: unknown; readonly version?: number | undefined },
): Promise<{ readonly entry: E; readonly changed: boolean }> {
  const fields = validate(directory.change, change, 'body');
  const before = await lockEntry(tx, act, directory, wanted);
  const changed = await storeChange(tx, act, directory, before, fields);
  return { entry: changed ? await readBack(tx, directory, before.id) : before, changed };
}

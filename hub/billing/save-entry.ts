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
function refusalOf(error: unknown, { one }: Directory, id: number | undefined): unknown {
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

/**
 * Adds an entry to a directory, under the number that is given or the next one.
 * @param input what `directory.fresh` takes
 * @throws HubError VALIDATION, CONFLICT with the reason `duplicate` (its number, or what must be unique), and what the directory itself refuses
 */
export async function addEntry<E extends Entry>(tx: Transaction, act: Act, directory: Directory<E>, input: unknown): Promise<E> {
  const { id, ...fields } = validate(directory.fresh, input, 'body');
  await directory.table.lock(tx);
  const next = { ...fields, id: id ?? 0, version: 1 } as unknown as E;
  await checkEntry(tx, act, directory, next, undefined);
  const made = await directory.table.insert(tx, id ?? null, fields).catch((error: unknown) => {
    throw refusalOf(error, directory, id);
  });
  await directory.stored?.(tx, act, { ...next, id: made }, undefined);
  await audit(tx, act.caller, {
    action: `billing.${directory.name}.create`,
    object: `${directory.name}/${made}`,
    after: audited(directory, fields, Object.keys(fields)),
  });
  return readBack(tx, directory, made);
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
  input: { readonly id: number; readonly change: unknown; readonly version?: number | undefined },
): Promise<{ readonly entry: E; readonly changed: boolean }> {
  const { id } = input;
  const change: Fields = validate(directory.change, input.change, 'body');
  await directory.table.lock(tx);
  const before = await findEntry(tx, act, directory, id);
  requireVersion(`${directory.one.en} ${id}`, before.version, input.version);
  const names = Object.keys(change).filter((name) => change[name] !== undefined && !isDeepStrictEqual(change[name], before[name]));
  if (names.length === 0) return { entry: before, changed: false };
  const next = { ...before, ...Object.fromEntries(names.map((name) => [name, change[name]])) };
  await checkEntry(tx, act, directory, next, before);
  await directory.table.update(tx, id, next);
  await directory.stored?.(tx, act, next, before);
  await audit(tx, act.caller, {
    action: `billing.${directory.name}.change`,
    object: `${directory.name}/${id}`,
    before: audited(directory, before, names),
    after: audited(directory, next, names),
  });
  return { entry: await readBack(tx, directory, id), changed: true };
}

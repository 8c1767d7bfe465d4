import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { insertReserveType, type ReserveTypeRow, reserveTypeById, reserveTypes, updateReserveType } from './sql/reserves.ts';

const LONGEST_TITLE = 200;

/** All types of reserves, by title. */
export const listReserveTypes = (db: Queryable): Promise<ReserveTypeRow[]> => reserveTypes(db);

/** @throws HubError NOT_FOUND */
export async function findReserveType(db: Queryable, id: number): Promise<ReserveTypeRow> {
  const [type] = await reserveTypeById(db, id);
  if (!type)
    throw new HubError('NOT_FOUND', `there is no type ${id} of a reserve`, { reason: 'type', russian: `Тип резерва не найден: ${id}` });
  return type;
}

/** What is left out of a change stays; a type that is not `used` any more takes no new reserves. */
export interface ReserveTypeInput {
  readonly id?: number | undefined;
  readonly title?: string | undefined;
  readonly used?: boolean | undefined;
}

/** Makes or changes a type of reserves. @returns its number @throws HubError NOT_FOUND, BAD_REQUEST (title) */
export async function saveReserveType(tx: Transaction, act: Act, input: ReserveTypeInput): Promise<number> {
  const before = input.id === undefined ? undefined : await findReserveType(tx, input.id);
  const title = checkLine('title', input.title ?? before?.title ?? '', LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a type needs a title', 'у типа должно быть название');
  const used = input.used ?? before?.used ?? true;
  const id = before?.id ?? (await insertReserveType(tx, title, used))[0]?.id ?? 0;
  if (before) await updateReserveType(tx, id, title, used);
  await audit(tx, act.caller, {
    action: `billing.reserve-type.${before ? 'change' : 'add'}`,
    object: String(id),
    ...(before && { before: { ...before } }),
    after: { id, title, used },
  });
  return id;
}

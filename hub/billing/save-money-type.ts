import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { makesCircle } from './money-type-tree.ts';
import { chargeTypes, type MoneyTypeRow, paymentTypes, type TypeTable } from './sql/money-types.ts';

/** Types of payments, or of charges. */
export interface TypeNoun {
  readonly name: 'payment' | 'charge';
  readonly table: TypeTable;
}

export const PAYMENT_TYPES: TypeNoun = { name: 'payment', table: paymentTypes };
export const CHARGE_TYPES: TypeNoun = { name: 'charge', table: chargeTypes };

export type { MoneyTypeRow };

/** All types and classes, by title. */
export const listTypes = (db: Queryable, { table }: TypeNoun): Promise<MoneyTypeRow[]> => table.all(db);

/** A type as it is asked for: id absent, 0 or negative makes one; what is left out of a change stays. */
export interface TypeInput {
  readonly id?: number | undefined;
  /** The class that it stands in; 0: none. */
  readonly parentId?: number | undefined;
  readonly title?: string | undefined;
  readonly isClass?: boolean | undefined;
  readonly editable?: boolean | undefined;
  /** Of charges only. */
  readonly payback?: boolean | undefined;
}

const LONGEST_TITLE = 200;

/** @throws HubError NOT_FOUND */
export async function findType(db: Queryable, { name, table }: TypeNoun, id: number): Promise<MoneyTypeRow> {
  const [type] = await table.byId(db, id);
  if (!type) throw new HubError('NOT_FOUND', `there is no type ${id} of a ${name}`, { reason: 'type', russian: `Тип не найден: ${id}` });
  return type;
}

function checkParent(types: readonly MoneyTypeRow[], id: number, parentId: number): void {
  if (!types.some((type) => type.id === parentId && type.isClass))
    throw badValue('parentId', `${parentId} is no class`, `${parentId} не является классом`);
  if (makesCircle(types, id, parentId))
    throw badValue('parentId', `${parentId} stands below ${id} itself`, `${parentId} находится внутри ${id}`);
}

/** A type that holds others stays a class; one that rows have stays a type. @throws HubError CONFLICT */
async function checkKind(
  tx: Transaction,
  { table }: TypeNoun,
  types: readonly MoneyTypeRow[],
  before: MoneyTypeRow,
  isClass: boolean,
): Promise<void> {
  if (before.isClass === isClass) return;
  const { id, title } = before;
  const holds = types.some(({ parentId }) => parentId === id);
  const [row] = isClass ? await table.used(tx, id) : [];
  if (holds || row?.used === true)
    throw new HubError('CONFLICT', holds ? `the class ${id} holds types` : `the type ${id} has rows`, {
      reason: 'type_in_use',
      russian: holds ? `В классе «${title}» есть типы` : `Тип «${title}» уже используется`,
    });
}

/**
 * Makes or changes a type of payments or charges (spec 2.5).
 * @returns its id
 * @throws HubError NOT_FOUND, BAD_REQUEST (title, parentId), CONFLICT (a class that holds types, a type that rows have)
 */
export async function saveMoneyType(tx: Transaction, act: Act, noun: TypeNoun, input: TypeInput): Promise<number> {
  await noun.table.lock(tx);
  const isNew = input.id === undefined || input.id <= 0;
  const before = isNew ? undefined : await findType(tx, noun, input.id ?? 0);
  const types = await noun.table.all(tx);
  const title = checkLine('title', input.title ?? before?.title ?? '', LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a type needs a title', 'у типа должно быть название');
  const parentId = (input.parentId ?? before?.parentId ?? 0) || null;
  if (parentId !== null) checkParent(types, before?.id ?? 0, parentId);
  const isClass = input.isClass ?? before?.isClass ?? false;
  if (before) await checkKind(tx, noun, types, before, isClass);
  const editable = input.editable ?? before?.editable ?? true;
  const payback = input.payback ?? before?.payback ?? false;
  const columns = [parentId, title, isClass, editable, ...(noun.name === 'charge' ? [payback] : [])];
  let id = before?.id ?? 0;
  if (before) await noun.table.update(tx, ...columns, id);
  else id = (await noun.table.insert(tx, ...columns))[0]?.id ?? 0;
  await audit(tx, act.caller, {
    action: `billing.${noun.name}-type.${before ? 'change' : 'add'}`,
    object: String(id),
    ...(before && { before: { ...before } }),
    after: { id, parentId, title, isClass, editable, payback },
  });
  return id;
}

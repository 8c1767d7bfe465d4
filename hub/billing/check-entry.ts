import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import type { Directory } from './directories/directory.ts';
import type { Words } from './directories/fields.ts';
import { wrongField } from './directories/wrong-field.ts';
import type { Entry } from './directory-entry.ts';
import { mayShow } from './find-entry.ts';

/** Deeper trees are nobody's; it also ends a walk through a circle that somebody made with SQL. */
const DEEPEST = 100;

/** What an entry refers to is there and stays until the commit. @throws HubError VALIDATION with the reason `unknown_reference` */
async function checkReferences<E extends Entry>(tx: Transaction, act: Act, { fields }: Directory<E>, next: E, before?: E): Promise<void> {
  for (const [field, { of: directoryOf }] of Object.entries(fields)) {
    const wanted = next[field];
    const of = directoryOf?.();
    if (of === undefined || typeof wanted !== 'number' || wanted === before?.[field]) continue;
    const [held] = await of.table.hold(tx, wanted);
    const [entry] = held ? await of.table.byId(tx, wanted) : [];
    if (entry && mayShow(of, act, entry)) continue;
    const { en, ru } = of.one;
    throw wrongField(field, 'unknown_reference', { en: `there is no ${en} ${wanted}`, ru: `${ru} ${wanted}: нет в справочнике` });
  }
}

/** An entry never stands below itself. The directory is locked. @throws HubError VALIDATION with the reason `circle` */
async function checkTree<E extends Entry>(tx: Transaction, { table }: Directory<E>, next: E, before: E): Promise<void> {
  let above = next['parent_id'];
  for (let depth = 0; typeof above === 'number'; depth += 1) {
    if (above === before.id || depth === DEEPEST) {
      const why =
        above === before.id ? { en: `it stands below ${before.id} itself`, ru: `находится внутри записи ${before.id}` } : TOO_DEEP;
      throw wrongField('parent_id', 'circle', why);
    }
    const [parent] = await table.byId(tx, above);
    above = parent?.['parent_id'];
  }
}
const TOO_DEEP: Words = { en: `there are more than ${DEEPEST} above it`, ru: `вложенность больше ${DEEPEST}` };

/** @throws HubError CONFLICT with the reason `duplicate` */
async function checkUnique<E extends Entry>(tx: Transaction, { table, one }: Directory<E>, next: E, before?: E): Promise<void> {
  // What came here twice from elsewhere can still be changed, in everything else.
  if (before && table.unique.every((field) => next[field] === before[field])) return;
  const twin = await table.twin(tx, next, before?.id ?? null);
  if (twin === undefined) return;
  throw new HubError('CONFLICT', `${one.en} ${twin} is the same already`, {
    reason: 'duplicate',
    russian: `${one.ru} ${twin}: такая запись уже есть`,
  });
}

/**
 * What every directory asks of an entry: that what it refers to is there, that a tree has no circle, that what must be unique is so; then what is its own.
 * The directory is locked.
 * @throws HubError VALIDATION, CONFLICT
 */
export async function checkEntry<E extends Entry>(
  tx: Transaction,
  act: Act,
  directory: Directory<E>,
  next: E,
  before: E | undefined,
): Promise<void> {
  await checkReferences(tx, act, directory, next, before);
  if (directory.tree && before && next['parent_id'] !== before['parent_id']) await checkTree(tx, directory, next, before);
  await checkUnique(tx, directory, next, before);
  await directory.check?.(tx, act, next, before);
}

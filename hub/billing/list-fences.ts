import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { idCursor, type Page, pageOf } from '../core/http/page.ts';
import { fenceFrom, type OperatorFence } from './operator-fence.ts';
import { operatorFence, operatorFences } from './sql/operator-fences.ts';

const listCursor = idCursor('bf1');

/** Operators who have a fence, in the order of their numbers. @throws HubError BAD_REQUEST with the reason `cursor` */
export async function listFences(
  db: Queryable,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<OperatorFence>> {
  const rows = await operatorFences(db, listCursor.idOf(after), limit + 1);
  return pageOf(rows.map(fenceFrom), limit, ({ operator_id: id }) => listCursor.after(id));
}

/** The fence of an operator; who has none has an open one. @throws HubError NOT_FOUND */
export async function findFence(db: Queryable, login: string): Promise<OperatorFence> {
  const [row] = await operatorFence(db, login);
  if (row) return fenceFrom(row);
  throw new HubError('NOT_FOUND', `there is no operator ${JSON.stringify(login.slice(0, 64))}`, {
    reason: 'operator',
    russian: `Оператор не найден: ${login.slice(0, 64)}`,
  });
}

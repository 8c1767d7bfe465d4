import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { KINDS, type Kind } from './parameter-kind.ts';
import { type ParameterRow, parameterById } from './sql/parameters.ts';

/** False for a parameter that the operator may not even read (spec 2.14). */
export const mayRead = ({ fence }: Pick<Act, 'fence'>, parameterId: number): boolean => fence.parameters.get(parameterId) !== 'none';

/** @throws HubError NOT_FOUND, also for a parameter that the operator may not read. */
export async function findParameter(db: Queryable, act: Pick<Act, 'fence'>, id: number): Promise<ParameterRow> {
  const [row] = mayRead(act, id) ? await parameterById(db, id) : [];
  if (!row) throw new HubError('NOT_FOUND', `there is no parameter ${id}`, { reason: 'parameter', russian: `Параметр не найден: ${id}` });
  return row;
}

/** A parameter of this kind. @throws HubError NOT_FOUND; BAD_REQUEST (`pid`): it is of another kind, and nothing is ever converted (spec 2.3). */
export async function needKind(db: Queryable, act: Pick<Act, 'fence'>, id: number, ...kinds: readonly Kind[]): Promise<ParameterRow> {
  const row = await findParameter(db, act, id);
  if (!kinds.includes(row.kind)) {
    const wanted = kinds.map((kind) => KINDS[kind]);
    throw badValue(
      'pid',
      `parameter ${id} is of kind ${row.kind} (${KINDS[row.kind].english}), not ${wanted.map(({ english }) => english).join(' or ')}`,
      `параметр «${row.title}» имеет вид «${KINDS[row.kind].russian}», а не «${wanted.map(({ russian }) => russian).join('» или «')}»`,
    );
  }
  return row;
}

/** @throws HubError NOT_FOUND, FORBIDDEN: the operator may only read it (spec 2.14). */
export function requireWritable(act: Pick<Act, 'fence'>, { id, title }: Pick<ParameterRow, 'id' | 'title'>): void {
  if (act.fence.parameters.has(id))
    throw new HubError('FORBIDDEN', `parameter ${id} may not be changed by this operator`, {
      reason: 'parameter',
      russian: `Недостаточно прав на изменение параметра «${title}»`,
    });
}

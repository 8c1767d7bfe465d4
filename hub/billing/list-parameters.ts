import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { findParameter, mayRead } from './find-parameter.ts';
import { before, listCursor, type PartWish } from './list-cursor.ts';
import { SEPARATOR } from './parameter-kind.ts';
import { attributeBean, memberBean } from './show-parameter.ts';
import {
  type HistoryPageRow,
  historyPage,
  type ShownRow,
  shownParameters,
  storedValueOf,
  type ValueRow,
  valuesOf,
} from './sql/parameter-values.ts';
import { groupMembers, type ParameterGroupRow, type ParameterRow, parameterGroups, parameters } from './sql/parameters.ts';

export type { ParameterRow, ValueRow };

/** A parameter and what a contract has of it. @throws HubError NOT_FOUND (contract, parameter) */
export async function readParameter(db: Queryable, act: Act, contractId: number, parameterId: number): Promise<Held> {
  await findContract(db, act, contractId);
  const parameter = await findParameter(db, act, parameterId);
  const [value] = await storedValueOf(db, contractId, parameterId);
  return { parameter, value };
}

/** The form of a contract: the parameters of its group in their order, or all; those that the operator may not read are not there. */
export async function contractForm(
  db: Queryable,
  act: Act,
  contractId: number,
  all: boolean,
): Promise<{ groupId: number; rows: ShownRow[] }> {
  const { parameterGroupId } = await findContract(db, act, contractId);
  const rows = await shownParameters(db, contractId, parameterGroupId, all);
  return { groupId: parameterGroupId, rows: rows.filter(({ id }) => mayRead(act, id)) };
}

/** A parameter and what a contract has of it. */
export interface Held {
  readonly parameter: ParameterRow;
  readonly value: ValueRow | undefined;
}

/** The form of a contract with its values whole; `version` is the contract's. @param all all parameters, not only its group's @throws HubError NOT_FOUND */
export async function readForm(
  db: Queryable,
  act: Act,
  contractId: number,
  all: boolean,
): Promise<{ readonly version: number; readonly groupId: number; readonly rows: Held[] }> {
  const { version } = await findContract(db, act, contractId);
  const { groupId, rows } = await contractForm(db, act, contractId, all);
  const ids = rows.map(({ id }) => id);
  const values = new Map((await valuesOf(db, contractId, ids)).map((value) => [value.parameterId, value]));
  return { version, groupId, rows: rows.map((parameter) => ({ parameter, value: values.get(parameter.id) })) };
}

/** What a parameter of a contract was set to, the newest first. @throws HubError NOT_FOUND (contract, parameter), BAD_REQUEST (cursor) */
export async function listParameterHistory(
  db: Queryable,
  act: Act,
  contractId: number,
  parameterId: number,
  { limit, after }: PartWish,
): Promise<Page<HistoryPageRow>> {
  const { id } = await findContract(db, act, contractId);
  await findParameter(db, act, parameterId);
  return pageOf(await historyPage(db, id, parameterId, before(after), limit + 1), limit, (row) => listCursor.after(row.id));
}

/** Values of a contract by parameter: of a parameter group, or all for 0 and below. @throws HubError NOT_FOUND (contract, group) */
export async function parameterMap(
  db: Queryable,
  act: Act,
  contractId: number,
  groupId: number,
): Promise<{ key: number; value: unknown }[]> {
  await findContract(db, act, contractId);
  const described = groupId > 0 ? await groupMembers(db, [(await findParameterGroup(db, groupId)).id]) : await parameters(db, 0);
  const shown = described.filter(({ id }) => mayRead(act, id));
  const values = new Map(
    (
      await valuesOf(
        db,
        contractId,
        shown.map(({ id }) => id),
      )
    ).map((value) => [value.parameterId, value]),
  );
  return shown.flatMap((parameter) => {
    const value = values.get(parameter.id);
    return value ? [{ key: parameter.id, value: attributeBean(contractId, parameter, value) }] : [];
  });
}

/** @throws HubError NOT_FOUND */
export async function findParameterGroup(db: Queryable, id: number): Promise<ParameterGroupRow> {
  const [group] = await parameterGroups(db, id);
  if (!group)
    throw new HubError('NOT_FOUND', `there is no parameter group ${id}`, {
      reason: 'parameter_group',
      russian: `Группа параметров не найдена: ${id}`,
    });
  return group;
}

/** Parameter groups with their members, as the catalogue's beans `contractParameterGroup` and `entitySpec` have them. */
export async function groupBeans(db: Queryable, act: Act, groups: readonly ParameterGroupRow[]): Promise<Record<string, unknown>[]> {
  const members = await groupMembers(
    db,
    groups.map(({ id }) => id),
  );
  return groups.map(({ id, title, comment }) => ({
    id,
    title,
    comment,
    entitySpecTypeId: 0,
    entityTitleMacros: '',
    hidden: false,
    moduleIds: [],
    attributeList: members
      .filter((member) => member.groupId === id && member.kind !== SEPARATOR && mayRead(act, member.id))
      .map(memberBean),
  }));
}

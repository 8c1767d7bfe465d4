import { type Queryable, run, statement, type Value } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { containsText } from './contains-text.ts';
import { type Bind, type EntityFilter, FILTER_KINDS, valueCondition } from './entity-filter.ts';
import { fenceCondition, fenceValues } from './fence.ts';
import { mayRead } from './find-parameter.ts';
import { groupsOf, maskOf } from './group-mask.ts';
import { likeText, matchTitle } from './match-title.ts';
import { boundsOf, countKnownBy, type PageBean, type PageWish, pageBean, requireBounded } from './page.ts';
import { PORTION, type Portions, portionsByIds } from './portions.ts';
import { isTooSlow, matchesExpression, tooSlow } from './slow-expression.ts';
import { CONTRACT_COLUMNS, type ContractRow, contractsById } from './sql/contracts.ts';
import { parameters } from './sql/parameters.ts';

/** Which contracts are looked for (spec 2.2); what is absent does not matter. */
export interface ContractConditions {
  readonly title?: string;
  /** How the title begins, in any case of letters, taken literally: what is typed so far. */
  readonly beginning?: string;
  readonly comment?: string;
  /** -1: any. */
  readonly personType?: number;
  /** Any common bit; 0: any. */
  readonly groupMask?: bigint;
  /** Any of these groups, found by their index. */
  readonly groups?: readonly number[];
  readonly statuses?: readonly number[];
  readonly mode?: 0 | 1;
  readonly domainId?: number;
  /** Members of this head. */
  readonly headId?: number;
  /** What the value of a parameter contains, or which item, house or contract it is; without a parameter of any that the operator may read. */
  readonly value?: { readonly parameterId?: number; readonly text?: string; readonly number?: number };
  readonly filters?: readonly EntityFilter[];
  readonly contractId?: number;
  /** Any of these labels, or all of them. */
  readonly labels?: readonly number[];
  readonly allLabels?: boolean;
  /** Members of families too. */
  readonly members: boolean;
  /** Those that are over, too. */
  readonly closed: boolean;
  readonly hidden: boolean;
}

/** The same, a page of it. */
export interface ContractSearch extends ContractConditions {
  readonly page: PageWish;
}

const LONGEST_COMMENT = 256;
const MOST_FILTERS = 20;

const isExpression = statement<{ is: boolean }>('billing.isExpression', 'SELECT billing_is_expression($1) AS is');

async function titleCondition(db: Queryable, act: Act, title: string, bind: Bind): Promise<string | undefined> {
  const match = matchTitle(title, act.settings.titleMatch);
  if (match.all) return undefined;
  // Both are folded by the database: other rules of lower case would lose titles. The index for beginnings has the collation C, the one for parts that of the database.
  const folded = (pattern: string): string => `lower(c.title) COLLATE "C" LIKE lower(${bind(pattern)}::text)`;
  const literal = act.settings.titleMatch === 'contains' ? containsText('c.title', title, bind) : folded(match.literal);
  const { expression, prefix } = match;
  if (expression === undefined || !(await isExpression(db, expression))[0]?.is) return literal;
  const found = matchesExpression('c.title', bind(expression));
  return `(${literal} OR ${prefix === undefined ? found : `${folded(prefix)} AND ${found}`})`;
}

/** The parameters among which a filter looks: those that it names, or all of its kind; never one that the operator may not read. */
function parametersOf(act: Act, filter: EntityFilter, kinds: ReadonlyMap<number, number>): number[] {
  const wanted: readonly number[] = FILTER_KINDS[filter.$type];
  const named = filter.entitySpecAttrIds ?? [];
  return (named.length > 0 ? [...named] : [...kinds.keys()]).filter((id) => wanted.includes(kinds.get(id) ?? 0) && mayRead(act, id));
}

const kindsOfParameters = async (db: Queryable): Promise<ReadonlyMap<number, number>> =>
  new Map((await parameters(db, 0)).map(({ id, kind }) => [id, kind]));

async function filterCondition(
  db: Queryable,
  act: Act,
  filter: EntityFilter,
  kinds: ReadonlyMap<number, number>,
  bind: Bind,
): Promise<string> {
  const ids = parametersOf(act, filter, kinds);
  if (ids.length === 0) return 'false';
  if (filter.$type === 'filterEntityAttrPhone' && filter.mode === 2 && !(await isExpression(db, filter.value ?? ''))[0]?.is)
    throw badValue('entityFilter', 'the phone is no regular expression', 'неверное регулярное выражение телефона');
  return `EXISTS (SELECT FROM contract_parameter p WHERE p.contract_id = c.contract_id AND p.parameter_id = ANY (${bind(ids)}::int[])
    AND ${valueCondition(filter, bind)})`;
}

/** What a filter found on contracts that it found: the titles of the values, by contract. */
export async function matchedValues(
  db: Queryable,
  act: Act,
  filter: EntityFilter,
  contractIds: readonly number[],
): Promise<Map<number, string>> {
  const values: Value[] = [contractIds, parametersOf(act, filter, await kindsOfParameters(db))];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const { rows } = await run<{ id: number; titles: string }>(
    db,
    `SELECT p.contract_id AS id, string_agg(p.title, '; ' ORDER BY p.parameter_id) AS titles FROM contract_parameter p
     WHERE p.contract_id = ANY ($1::int[]) AND p.parameter_id = ANY ($2::int[]) AND ${valueCondition(filter, bind)} GROUP BY p.contract_id`,
    values,
  );
  return new Map(rows.map(({ id, titles }) => [id, titles]));
}

const startsWith = (bind: Bind, text: string): string =>
  `lower(c.title) COLLATE "C" LIKE lower(${bind(`${likeText(text)}%`)}::text) COLLATE "C"`;

/** A parameter that the operator may not read finds nothing, as if it were not there. */
function shownValueCondition(act: Act, { parameterId, text, number }: NonNullable<ContractConditions['value']>, bind: Bind): string {
  if (parameterId !== undefined && !mayRead(act, parameterId)) return 'false';
  const hidden = [...act.fence.parameters].flatMap(([id, rule]) => (rule === 'none' ? [id] : []));
  const parts = ['p.contract_id = c.contract_id'];
  if (parameterId !== undefined) parts.push(`p.parameter_id = ${bind(parameterId)}`);
  else if (hidden.length > 0) parts.push(`p.parameter_id <> ALL (${bind(hidden)}::int[])`);
  if (text !== undefined) parts.push(containsText('p.title', text, bind));
  if (number !== undefined) parts.push(`p.number = ${bind(number)}`);
  return `EXISTS (SELECT FROM contract_parameter p WHERE ${parts.join(' AND ')})`;
}

/** One of these groups, by the index `contract_groups`; the mask is compared first, which costs next to nothing. */
export const groupCondition = (mask: bigint, bind: Bind): string =>
  mask === 0n
    ? 'false'
    : `c.groups & ${bind(mask)}::bigint <> 0 AND c.groups <> 0 AND billing_groups_of(c.groups) && ${bind(groupsOf(mask))}::int[]`;

/** Conditions that only REST and the command line know; each is carried by an index (migration 0017). */
function plainConditions(
  act: Act,
  { beginning, groups, statuses, mode, domainId, headId, value }: ContractConditions,
  bind: Bind,
): string[] {
  const parts: string[] = [];
  if (beginning !== undefined && beginning !== '') parts.push(startsWith(bind, beginning));
  if (groups !== undefined) parts.push(groupCondition(maskOf(groups), bind));
  if (statuses !== undefined)
    parts.push(statuses.length === 1 ? `c.status = ${bind(statuses[0] ?? 0)}::int` : `c.status = ANY (${bind(statuses)}::int[])`);
  if (mode !== undefined) parts.push(`c.mode = ${bind(mode)}`);
  if (domainId !== undefined) parts.push(`c.domain_id = ${bind(domainId)}`);
  if (headId !== undefined) parts.push(`c.super_id = ${bind(headId)} AND c.super_id > 0`);
  if (value !== undefined) parts.push(shownValueCondition(act, value, bind));
  return parts;
}

/** The conditions of a search, each a part of one WHERE, and the values that they name. */
export async function conditionsOf(db: Queryable, act: Act, search: ContractConditions): Promise<{ where: string; values: Value[] }> {
  const values: Value[] = [...fenceValues(act.fence)];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const parts = [fenceCondition(1), ...plainConditions(act, search, bind)];
  const title = await titleCondition(db, act, search.title ?? '', bind);
  if (title !== undefined) parts.push(title);
  const comment = search.comment ?? '';
  if (comment.length > LONGEST_COMMENT)
    throw badValue('comment', `${comment.length} characters are more than ${LONGEST_COMMENT}`, `длиннее ${LONGEST_COMMENT} знаков`);
  if (comment !== '') parts.push(containsText('c.comment', comment, bind));
  if (search.personType !== undefined && search.personType >= 0) parts.push(`c.person_type = ${bind(search.personType)}`);
  if (search.groupMask !== undefined && search.groupMask !== 0n) parts.push(`c.groups & ${bind(search.groupMask)}::bigint <> 0`);
  if (search.contractId !== undefined && search.contractId > 0) parts.push(`c.contract_id = ${bind(search.contractId)}`);
  if (!search.members) parts.push('c.super_id <= 0');
  if (!search.closed) parts.push(`(c.date_to IS NULL OR c.date_to >= ${bind(act.today)}::date)`);
  if (!search.hidden) parts.push('NOT c.hidden');
  const labels = [...new Set(search.labels ?? [])];
  if (labels.length > 0)
    parts.push(`(SELECT count(*) FROM contract_label l WHERE l.contract_id = c.contract_id AND l.label_id = ANY (${bind(labels)}::int[]))
      >= ${bind(search.allLabels ? labels.length : 1)}::int`);
  const filters = search.filters ?? [];
  if (filters.length > MOST_FILTERS)
    throw badValue('entityFilter', `at most ${MOST_FILTERS} filters are taken`, `не более ${MOST_FILTERS} фильтров`);
  const kinds = filters.length === 0 ? new Map<number, number>() : await kindsOfParameters(db);
  for (const filter of filters) parts.push(await filterCondition(db, act, filter, kinds, bind));
  return { where: parts.join(' AND '), values };
}

/** @throws HubError CONFLICT: an expression takes too long */
export async function runSearch<R extends Record<string, unknown>>(
  db: Queryable,
  text: string,
  values: readonly Value[],
): Promise<{ rows: R[] }> {
  try {
    return await run<R>(db, text, values);
  } catch (error) {
    throw isTooSlow(error) ? tooSlow(error) : error;
  }
}

/** By title, then by number; the same order on every page (spec 2.2). */
const ORDER = 'ORDER BY lower(c.title) COLLATE "C", c.contract_id';

/** How many contracts there are: as the rows of this page tell, or counted. */
async function pageOf(db: Queryable, wish: PageWish, rows: number, where: string, values: readonly Value[]): Promise<PageBean> {
  const count =
    countKnownBy(wish, rows) ??
    (await runSearch<{ count: number }>(db, `SELECT count(*) AS count FROM contract c WHERE ${where}`, values)).rows[0]?.count ??
    0;
  return pageBean(wish, count);
}

/**
 * Contracts within the fence.
 * @throws HubError BAD_REQUEST naming the parameter; CONFLICT: everything was asked for, and it is too much; an expression takes too long
 */
export async function findContracts(db: Queryable, act: Act, search: ContractSearch): Promise<{ rows: ContractRow[]; page: PageBean }> {
  const { limit, offset } = boundsOf(search.page, act.settings);
  const { where, values } = await conditionsOf(db, act, search);
  const { rows } = await runSearch<ContractRow>(
    db,
    `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE ${where} ${ORDER} LIMIT ${limit} OFFSET ${offset}`,
    values,
  );
  requireBounded(search.page, rows.length, act.settings);
  return { rows, page: await pageOf(db, search.page, rows.length, where, values) };
}

/** The same, read as it is sent where it is long. @throws HubError as above */
export async function findContractsInPortions(
  db: Queryable,
  act: Act,
  search: ContractSearch,
): Promise<{ rows: Portions<ContractRow>; page: PageBean }> {
  const { limit, offset } = boundsOf(search.page, act.settings);
  const { where, values } = await conditionsOf(db, act, search);
  const select = `FROM contract c WHERE ${where} ${ORDER}`;
  const { rows: first } = await runSearch<ContractRow>(
    db,
    `SELECT ${CONTRACT_COLUMNS} ${select} LIMIT ${Math.min(limit, PORTION + 1)} OFFSET ${offset}`,
    values,
  );
  const isAll = limit <= PORTION || first.length <= PORTION;
  const ids = isAll
    ? first.map(({ id }) => id)
    : (await runSearch<{ id: number }>(db, `SELECT c.contract_id AS id ${select} LIMIT ${limit} OFFSET ${offset}`, values)).rows.map(
        ({ id }) => id,
      );
  requireBounded(search.page, ids.length, act.settings);
  const fence = fenceValues(act.fence);
  return {
    rows: portionsByIds(first, ids, (some) => contractsById(db, some, ...fence)),
    page: await pageOf(db, search.page, ids.length, where, values),
  };
}

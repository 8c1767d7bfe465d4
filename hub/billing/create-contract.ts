import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { titleTaken } from './change-contract.ts';
import { checkOpen } from './check-closed.ts';
import { checkComment, checkPassword, checkSubMode, checkTitle, isMember } from './contract.ts';
import { checkPeriod } from './day-period.ts';
import { type Fence, OPEN_FENCE } from './fence.ts';
import { lockContract } from './find-contract.ts';
import { countsUp, formatNumber } from './number-mask.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { sealPassword } from './set-contract-password.ts';
import { becomeHead, insertContract, setPassword } from './sql/contract-records.ts';
import { attachModules, attachTariffs, countPattern, type PatternRow, patternById, sharePattern } from './sql/patterns.ts';

export interface NewContract {
  /** 0: without a pattern; then the title is needed. */
  readonly patternId: number;
  /** Absent or '': the next number of the pattern. */
  readonly title?: string;
  readonly comment?: string;
  /** Absent: today. */
  readonly dateFrom?: Temporal.PlainDate;
  /** The head that it becomes a member of; 0 or absent: none. */
  readonly superId?: number;
  /** Of a member: 0 dependent, 1 independent. (Default: 0) */
  readonly subMode?: number;
  readonly password?: string;
}

/** What a contract is made like when there is no pattern. */
const NO_PATTERN: Omit<PatternRow, 'title' | 'numberMask' | 'counter'> = {
  id: 0,
  parameterGroupId: 0,
  groups: '0',
  modules: [],
  tariffs: [],
  mode: 0,
  balanceLimit: '0.00',
  status: 0,
  personType: 0,
  domainId: 0,
};
type Likeness = typeof NO_PATTERN;

/** Numbers that somebody else uses already are passed by; so many of them one after another are a mistake of the pattern. */
const MOST_TAKEN = 1_000;

const noPattern = (id: number): HubError =>
  new HubError('NOT_FOUND', `there is no pattern ${id}`, { reason: 'pattern', russian: `Шаблон договора не найден: ${id}` });

const noNumber = ({ id, title }: PatternRow): HubError =>
  new HubError('CONFLICT', `pattern ${id} gives no free number`, {
    reason: 'pattern_number',
    russian: `Шаблон «${title}» не даёт свободного номера договора`,
  });

function requireInside({ someOf, noneOf, domains }: Fence, { groups, domainId }: Likeness): void {
  const mask = BigInt(groups);
  if ((someOf === 0n || (mask & someOf) !== 0n) && (mask & noneOf) === 0n && (domains === null || domains.includes(domainId))) return;
  throw new HubError('FORBIDDEN', 'the contract would be outside of what this operator may see', {
    reason: 'fence',
    russian: 'Договор с такими группами или доменом вам недоступен',
  });
}

/** The head, locked, and made one if it was plain. @throws HubError NOT_FOUND, CONFLICT: a member cannot be a head */
async function becomeMemberOf(tx: Transaction, act: Act, superId: number): Promise<void> {
  const head = await lockContract(tx, act, superId);
  if (isMember(head))
    throw new HubError('CONFLICT', `contract ${superId} is a member itself: a family has depth one`, {
      reason: 'family',
      russian: `Договор «${head.title}» сам является субдоговором`,
    });
  await becomeHead(tx, superId);
}

interface Record {
  readonly comment: string;
  readonly dateFrom: Temporal.PlainDate;
  readonly superId: number;
  readonly subMode: 0 | 1;
}

/** @returns undefined: another contract has this title. */
async function insert(
  tx: Transaction,
  title: string,
  like: Likeness,
  { comment, dateFrom, superId, subMode }: Record,
): Promise<number | undefined> {
  const { groups, mode, parameterGroupId, personType, status, id, balanceLimit, domainId } = like;
  const values = [
    title,
    comment,
    groups,
    dateFrom,
    mode,
    parameterGroupId,
    personType,
    superId,
    subMode,
    status,
    id,
    balanceLimit,
    domainId,
  ];
  const [row] = await insertContract(tx, ...values);
  return row?.id;
}

/** The row of the pattern is locked from its first count on: no two creations get one number. */
async function insertNumbered(tx: Transaction, patternId: number, record: Record): Promise<{ id: number; title: string } | undefined> {
  for (let tried = 0; tried < MOST_TAKEN; tried += 1) {
    const [pattern] = await countPattern(tx, patternId);
    if (!pattern) return undefined;
    if (!countsUp(pattern.numberMask)) throw noNumber(pattern);
    const title = checkTitle(formatNumber(pattern.numberMask, BigInt(pattern.counter)));
    const id = await insert(tx, title, pattern, record);
    if (id !== undefined) return { id, title };
  }
  const [pattern] = await patternById(tx, patternId);
  throw pattern ? noNumber(pattern) : noPattern(patternId);
}

async function insertTitled(tx: Transaction, given: string, like: Likeness, record: Record): Promise<{ id: number; title: string }> {
  const title = checkTitle(given);
  const id = await insert(tx, title, like, record);
  if (id === undefined) throw titleTaken(title);
  return { id, title };
}

/**
 * Makes a contract, as its pattern says: number, parameter group, groups, modules, tariffs, mode, limit and status (spec 2.1).
 * @throws HubError NOT_FOUND (pattern, head), BAD_REQUEST (`title`: neither it nor a pattern is given), CONFLICT (title, family, pattern without free
 * numbers, tariffs in a closed period), FORBIDDEN: it would be outside the operator's fence
 */
export async function createContract(tx: Transaction, act: Act, input: NewContract): Promise<{ id: number; title: string }> {
  const { patternId, superId = 0, password = '' } = input;
  const record: Record = {
    comment: checkComment(input.comment ?? ''),
    dateFrom: input.dateFrom ?? act.today,
    superId: superId > 0 ? superId : 0,
    subMode: superId > 0 ? checkSubMode(input.subMode ?? 0) : 0,
  };
  checkPeriod(record.dateFrom, null);
  checkPassword(password);
  const title = input.title?.trim() ?? '';
  // Counted on, the row of the pattern is locked anyway; two that had shared it before would wait for each other.
  const read = title === '' ? patternById : sharePattern;
  const [pattern] = patternId > 0 ? await read(tx, patternId) : [];
  if (patternId > 0 && !pattern) throw noPattern(patternId);
  const like = pattern ?? NO_PATTERN;
  requireInside(act.fence, like);
  if (record.superId > 0) await becomeMemberOf(tx, act, record.superId);
  const made = title === '' && pattern ? await insertNumbered(tx, patternId, record) : await insertTitled(tx, title, like, record);
  if (!made) throw noPattern(patternId);
  if (password !== '') await setPassword(tx, made.id, sealPassword(act, made.id, password));
  const modules = like.modules.length > 0 ? await attachModules(tx, made.id, like.modules) : [];
  const tariffs = like.tariffs.length > 0 ? await attachTariffs(tx, made.id, like.tariffs, record.dateFrom) : [];
  if (tariffs.length > 0) {
    // With the contract the closed dates are held.
    await lockContract(tx, { fence: OPEN_FENCE }, made.id);
    await checkOpen(tx, 'accounts', record.dateFrom);
  }
  const told = {
    title: made.title,
    patternId: like.id,
    dateFrom: record.dateFrom.toString(),
    dateTo: null,
    superId: record.superId,
    groups: like.groups,
    modules: modules.map(({ id }) => id),
    tariffs: tariffs.map(({ id }) => id),
  };
  await audit(tx, act.caller, { action: 'billing.contract.create', object: String(made.id), after: told });
  await publishOfContract(tx, act, { ...made, groups: like.groups, domainId: like.domainId }, 'contract.created', told);
  return made;
}

import type { Transaction, Value } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkComment, checkPersonType, checkTitle, faceTitle, type Mode, modeTitle } from './contract.ts';
import { checkPeriod } from './day-period.ts';
import { PARAMETER_GROUPS } from './directories/parameter-groups.ts';
import { lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { renewFees } from './renew-fees.ts';
import { contractWithTitle, logField, SETTERS } from './sql/contract-records.ts';
import type { ContractRow } from './sql/contracts.ts';
import { patternById } from './sql/patterns.ts';

/** Fields of the record that change one by one; what is absent stays. */
export interface ContractChange {
  readonly title?: string;
  readonly comment?: string;
  readonly patternId?: number;
  readonly dateFrom?: Temporal.PlainDate;
  readonly dateTo?: Temporal.PlainDate | null;
  readonly mode?: Mode;
  readonly personType?: number;
  readonly hidden?: boolean;
  readonly parameterGroupId?: number;
}
type Field = keyof ContractChange;

const shown = (value: unknown): unknown => (value instanceof Temporal.PlainDate ? value.toString() : value);

const missing = (reason: string, id: number, what: string, russian: string): HubError =>
  new HubError('NOT_FOUND', `there is no ${what} ${id}`, { reason, russian: `${russian}: ${id}` });

export const titleTaken = (title: string): HubError =>
  new HubError('CONFLICT', `there is a contract ${JSON.stringify(title)} already`, {
    reason: 'title',
    russian: `Договор с названием «${title}» уже есть`,
  });

async function checkChange(tx: Transaction, contract: ContractRow, change: ContractChange): Promise<ContractChange> {
  const { title, comment, patternId, personType, parameterGroupId } = change;
  const next = {
    ...change,
    ...(title !== undefined && { title: checkTitle(title) }),
    ...(comment !== undefined && { comment: checkComment(comment) }),
    ...(personType !== undefined && { personType: checkPersonType(personType) }),
  };
  checkPeriod(next.dateFrom ?? contract.dateFrom, next.dateTo === undefined ? contract.dateTo : next.dateTo);
  if (next.title !== undefined && next.title !== contract.title && (await contractWithTitle(tx, next.title)).length > 0)
    throw titleTaken(next.title);
  if (patternId !== undefined && patternId !== 0 && (await patternById(tx, patternId)).length === 0)
    throw missing('pattern', patternId, 'pattern', 'Шаблон договора не найден');
  if (parameterGroupId !== undefined && parameterGroupId !== 0 && (await PARAMETER_GROUPS.table.hold(tx, parameterGroupId)).length === 0)
    throw missing('parameter_group', parameterGroupId, 'parameter group', 'Группа параметров не найдена');
  return next;
}

const UNIQUE_VIOLATION = '23505';

/** Two may take one title at the same moment; the index tells the second. */
async function write(tx: Transaction, id: number, field: Field, value: Value): Promise<void> {
  try {
    await SETTERS[field](tx, id, value);
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw titleTaken(String(value));
    throw error;
  }
}

/** Fields whose former values the contract shows (ContractMode, ContractFace). */
const LOGGED: Partial<Record<Field, (value: never) => string>> = {
  mode: (value: Mode) => modeTitle(value),
  personType: (value: number) => faceTitle(value),
};

/**
 * Changes fields of a contract's record; what is the same already leaves no trace. A day of closing emits the close event (catalogue 2.1). Fees of the
 * open months follow its days and its mode.
 * @throws HubError NOT_FOUND (contract, pattern, parameter group), BAD_REQUEST, CONFLICT (`title`): another contract has this title
 */
export async function changeContract(tx: Transaction, act: Act, contractId: number, change: ContractChange): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const next = await checkChange(tx, contract, change);
  const fields = (Object.keys(next) as Field[]).filter(
    (field) => next[field] !== undefined && shown(next[field]) !== shown(contract[field]),
  );
  if (fields.length === 0) return;
  for (const field of fields) {
    const value = next[field] ?? null;
    await write(tx, contractId, field, value);
    const text = LOGGED[field]?.(value as never);
    if (text !== undefined) await logField(tx, contractId, field, text, act.operatorId || null, act.caller.login);
  }
  const before = Object.fromEntries(fields.map((field) => [field, shown(contract[field])]));
  const after = Object.fromEntries(fields.map((field) => [field, shown(next[field])]));
  await audit(tx, act.caller, { action: 'billing.contract.change', object: String(contractId), before, after });
  const now = { ...contract, ...next };
  await publishOfContract(tx, act, now, next.dateTo && fields.includes('dateTo') ? 'contract.closed' : 'contract.changed', {
    title: now.title,
    patternId: now.patternId,
    dateFrom: shown(now.dateFrom),
    dateTo: shown(now.dateTo ?? null),
    changed: after,
    before,
  });
  if (fields.some((field) => field === 'dateFrom' || field === 'dateTo' || field === 'mode'))
    await renewFees(tx, act, contractId, { dateFrom: null, dateTo: null });
}

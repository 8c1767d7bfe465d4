import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkText } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { findContract, lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import {
  type ContractTariffGroupRow,
  contractTariffGroupById,
  deleteContractTariffGroupRow,
  insertContractTariffGroup,
  updateContractTariffGroup,
} from './sql/contract-tariffs.ts';
import type { ContractRow } from './sql/contracts.ts';
import { tariffGroupRows } from './sql/tariffs.ts';

/** Which tariffs the customer of a contract may choose from, and when. */
export interface ContractTariffGroupInput {
  /** 0: a new one. */
  readonly id: number;
  readonly contractId: number;
  readonly groupId: number;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
  readonly comment: string;
}

const LONGEST_COMMENT = 2_000;

const missing = (id: number): HubError =>
  new HubError('NOT_FOUND', `there is no tariff group ${id} of a contract`, {
    reason: 'contract_tariff_group',
    russian: `Группа тарифов договора не найдена: ${id}`,
  });

/** @throws HubError NOT_FOUND, also when its contract is outside the fence, or is not the one named */
export async function findContractTariffGroup(db: Queryable, act: Act, id: number, contractId?: number): Promise<ContractTariffGroupRow> {
  const [row] = await contractTariffGroupById(db, id);
  if (!row || (contractId !== undefined && row.contractId !== contractId)) throw missing(id);
  await findContract(db, act, row.contractId);
  return row;
}

const shown = ({ id, groupId, dateFrom, dateTo, comment }: Omit<ContractTariffGroupInput, 'contractId'>): Record<string, unknown> => ({
  id,
  tariffGroupId: groupId,
  dateFrom: dateFrom.toString(),
  dateTo: dateTo?.toString() ?? null,
  comment,
});

async function tell(
  tx: Transaction,
  act: Act,
  contract: ContractRow,
  change: 'create' | 'change' | 'delete',
  { before, after }: { readonly before?: ContractTariffGroupRow | undefined; readonly after?: ContractTariffGroupInput },
): Promise<void> {
  await audit(tx, act.caller, {
    action: `billing.contract-tariff-group.${change}`,
    object: String(contract.id),
    ...(before && { before: shown(before) }),
    ...(after && { after: shown(after) }),
  });
  const told = after ?? before;
  if (told) await publishOfContract(tx, act, contract, 'contract.tariff-changed', { ...shown(told), change: `${change}d` });
}

/**
 * Gives a contract a tariff group for a time, or changes that (spec 2.8).
 * @returns its number
 * @throws HubError NOT_FOUND (contract, group, record), BAD_REQUEST
 */
export async function saveContractTariffGroup(tx: Transaction, act: Act, input: ContractTariffGroupInput): Promise<number> {
  checkPeriod(input.dateFrom, input.dateTo);
  const comment = checkText('comment', input.comment, LONGEST_COMMENT);
  const contract = await lockContract(tx, act, input.contractId);
  const before = input.id === 0 ? undefined : await findContractTariffGroup(tx, act, input.id, input.contractId);
  const [group] = await tariffGroupRows(tx, input.groupId);
  if (!group)
    throw new HubError('NOT_FOUND', `there is no tariff group ${input.groupId}`, {
      reason: 'tariff_group',
      russian: `Группа тарифов не найдена: ${input.groupId}`,
    });
  const { groupId, dateFrom, dateTo } = input;
  const [made] = before ? [] : await insertContractTariffGroup(tx, contract.id, groupId, dateFrom, dateTo, comment);
  if (before) await updateContractTariffGroup(tx, before.id, groupId, dateFrom, dateTo, comment);
  const after = { ...input, id: made?.id ?? input.id, comment };
  await tell(tx, act, contract, before ? 'change' : 'create', { before, after });
  return after.id;
}

/** @throws HubError NOT_FOUND */
export async function deleteContractTariffGroup(tx: Transaction, act: Act, id: number, contractId?: number): Promise<void> {
  const before = await findContractTariffGroup(tx, act, id, contractId);
  const contract = await lockContract(tx, act, before.contractId);
  await deleteContractTariffGroupRow(tx, id);
  await tell(tx, act, contract, 'delete', { before });
}

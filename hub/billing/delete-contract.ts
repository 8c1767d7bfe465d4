import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkLine } from './bad-value.ts';
import { checkOpen } from './check-closed.ts';
import { isHead, isMember } from './contract.ts';
import { OPEN_FENCE } from './fence.ts';
import { findContract, lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { archiveContract, deleteContractRows, firstMoneyDays } from './sql/contract-archive.ts';
import { becomePlain, memberIds } from './sql/contract-records.ts';
import { withdrawMoney } from './withdraw-money.ts';

const LONGEST_FOLDER = 200;

/** Nothing dated in a closed period goes, not even with its contract (spec 2.12); such a contract can be hidden. */
async function checkMoneyOpen(tx: Transaction, contractId: number): Promise<void> {
  const [first] = await firstMoneyDays(tx, contractId);
  for (const kind of ['payments', 'charges', 'accounts'] as const) {
    const day = first?.[kind];
    if (day) await checkOpen(tx, kind, day);
  }
}

/**
 * Moves a contract with all its rows to the archive, where they stay readable (spec 2.1); its title is free again. The last member's head becomes a
 * plain contract; what a dependent member had leaves the balance of its head.
 * @param folder what the archive calls the place of its export
 * @throws HubError NOT_FOUND, CONFLICT: a head whose members are still there (`family`), money in a closed period (`closed_period`)
 */
export async function deleteContract(tx: Transaction, act: Act, contractId: number, folder = ''): Promise<void> {
  const place = checkLine('folder', folder, LONGEST_FOLDER);
  const { superId } = await findContract(tx, act, contractId);
  // The head first: so does everything that touches a family.
  if (superId > 0) await lockContract(tx, { fence: OPEN_FENCE }, superId);
  const contract = await lockContract(tx, act, contractId);
  const members = isHead(contract) ? await memberIds(tx, contractId) : [];
  if (members.length > 0)
    throw new HubError('CONFLICT', `contract ${contractId} has members: ${members.map(({ id }) => id).join(', ')}`, {
      reason: 'family',
      russian: `У договора «${contract.title}» есть субдоговоры, удалите сначала их`,
    });
  await checkMoneyOpen(tx, contractId);
  await withdrawMoney(tx, act, contractId);
  await archiveContract(tx, contractId, place, act.caller.login);
  await deleteContractRows(tx, contractId);
  if (isMember(contract)) await becomePlain(tx, contract.superId);
  const { title, patternId, dateFrom, dateTo } = contract;
  const told = { title, patternId, dateFrom: dateFrom.toString(), dateTo: dateTo?.toString() ?? null };
  await audit(tx, act.caller, { action: 'billing.contract.delete', object: String(contractId), before: told });
  await publishOfContract(tx, act, contract, 'contract.deleted', told);
}

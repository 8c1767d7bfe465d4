import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { labelById, putLabel, takeLabel } from './sql/contract-labels.ts';
import { touchContract } from './sql/contract-records.ts';

/**
 * Puts a label on a contract or takes it off; what is so already leaves no trace.
 * @throws HubError NOT_FOUND (contract, label)
 */
export async function labelContract(tx: Transaction, act: Act, contractId: number, labelId: number, labelled: boolean): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const [label] = await labelById(tx, labelId);
  if (!label) throw new HubError('NOT_FOUND', `there is no label ${labelId}`, { reason: 'label', russian: `Метка не найдена: ${labelId}` });
  const [moved] = labelled ? await putLabel(tx, contractId, labelId) : await takeLabel(tx, contractId, labelId);
  if (!moved) return;
  await touchContract(tx, contractId);
  await audit(tx, act.caller, {
    action: 'billing.contract.label',
    object: String(contractId),
    [labelled ? 'after' : 'before']: { label: labelId, title: label.title },
  });
  await publishOfContract(tx, act, contract, 'contract.group-changed', { labelId, added: labelled });
}

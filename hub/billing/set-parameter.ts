import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { type StoredValue, toStored } from './check-value.ts';
import { lockContract } from './find-contract.ts';
import { needKind, requireWritable } from './find-parameter.ts';
import type { Kind } from './parameter-kind.ts';
import type { ParameterValue } from './parameter-value.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { touchContract } from './sql/contract-records.ts';
import { clearValue, storedValueOf, storeValue, writeHistory } from './sql/parameter-values.ts';
import type { ParameterRow } from './sql/parameters.ts';

async function store(tx: Transaction, act: Act, contractId: number, parameter: ParameterRow, next: StoredValue | undefined): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const [former] = await storedValueOf(tx, contractId, parameter.id);
  const detail = next?.detail === undefined ? null : JSON.stringify(next.detail);
  const same =
    former === undefined
      ? next === undefined
      : former.title === next?.title && former.number === (next.number ?? null) && JSON.stringify(former.detail) === (detail ?? 'null');
  if (same) return;
  if (next) await storeValue(tx, contractId, parameter.id, next.title, next.number ?? null, next.day ?? null, detail);
  else await clearValue(tx, contractId, parameter.id);
  await touchContract(tx, contractId);
  const [value, before] = [next?.title ?? '', former?.title ?? ''];
  if (parameter.history) await writeHistory(tx, contractId, parameter.id, value, before, act.operatorId || null, act.caller.login);
  await audit(tx, act.caller, {
    action: 'billing.parameter.change',
    object: String(contractId),
    before: { parameter: parameter.id, value: before },
    after: { parameter: parameter.id, value },
  });
  await publishOfContract(tx, act, contract, 'contract.parameter-changed', {
    parameterId: parameter.id,
    kind: parameter.kind,
    value,
    former: before,
  });
}

/**
 * Sets a parameter of a contract, with its history; a value that is the same already leaves no trace.
 * @throws HubError NOT_FOUND (contract, parameter, house), FORBIDDEN, BAD_REQUEST: of another kind (`pid`), or a wrong part of the value
 */
export async function setParameter(
  tx: Transaction,
  act: Act,
  contractId: number,
  parameterId: number,
  value: ParameterValue,
): Promise<void> {
  const parameter = await needKind(tx, act, parameterId, value.kind);
  requireWritable(act, parameter);
  await store(tx, act, contractId, parameter, await toStored(tx, act, parameter, value));
}

/** Takes the value of a parameter of this kind away. @throws HubError as `setParameter` */
export async function clearParameter(tx: Transaction, act: Act, contractId: number, parameterId: number, kind: Kind): Promise<void> {
  const parameter = await needKind(tx, act, parameterId, kind);
  requireWritable(act, parameter);
  await store(tx, act, contractId, parameter, undefined);
}

import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { lockContract } from './find-contract.ts';
import { money, moneyText } from './money.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { saveCharge } from './save-charge.ts';
import { contractTariffs } from './sql/contract-tariffs.ts';
import type { ContractRow } from './sql/contracts.ts';
import {
  type ContractOptionRow,
  contractOptionById,
  contractOptions,
  endContractOption,
  insertContractOption,
  type OptionModeRow,
  optionModeRows,
  type TariffOptionRow,
  tariffOptionRows,
} from './sql/tariff-options.ts';
import { activationOf, isOffered, type Option, type OptionHolder, type OptionRefusal, optionRefusal } from './tariff-option.ts';

/** An option as it decides. */
export const optionOf = (row: TariffOptionRow): Option => ({ ...row, groups: BigInt(row.groups), hideGroups: BigInt(row.hideGroups) });

/** What of a contract decides about options on a day. */
export async function optionHolderOf(db: Queryable, act: Act, contract: ContractRow, day: Temporal.PlainDate): Promise<OptionHolder> {
  const start = day.toZonedDateTime({ timeZone: act.settings.timeZone }).toInstant();
  const now = day.equals(act.today) ? act.now : start;
  const tariffs = await contractTariffs(db, contract.id, day, -1, -1);
  const active = await contractOptions(db, contract.id, now, now.add({ milliseconds: 1 }));
  return { groups: BigInt(contract.groups), tariffs: tariffs.map(({ planId }) => planId), active: active.map(({ optionId }) => optionId) };
}

/** @throws HubError NOT_FOUND */
export async function needOption(db: Queryable, optionId: number): Promise<TariffOptionRow> {
  const [row] = await tariffOptionRows(db, optionId);
  if (!row)
    throw new HubError('NOT_FOUND', `there is no tariff option ${optionId}`, {
      reason: 'tariff_option',
      russian: `Тарифная опция не найдена: ${optionId}`,
    });
  return row;
}

const WHY: Readonly<Record<OptionRefusal, string>> = {
  not_offered: 'опция не предлагается',
  not_for_contract: 'опция не подходит договору по группам или тарифу',
  active_already: 'опция уже активна',
  depends: 'не активны опции, от которых она зависит',
  incompatible: 'она несовместима с активной опцией',
};

function refuse(option: TariffOptionRow, reason: string, russian: string): never {
  throw new HubError('CONFLICT', `tariff option ${option.id} cannot be activated: ${reason}`, {
    reason,
    russian: `Опцию «${option.title}» нельзя активировать: ${russian}`,
  });
}

async function needMode(tx: Transaction, option: TariffOptionRow, modeId: number, day: Temporal.PlainDate): Promise<OptionModeRow> {
  const mode = (await optionModeRows(tx, [option.id])).find(({ id }) => id === modeId);
  if (!mode)
    throw new HubError('NOT_FOUND', `tariff option ${option.id} has no mode ${modeId}`, {
      reason: 'option_mode',
      russian: `Режим активации не найден: ${modeId}`,
    });
  if (!isOffered(mode, day)) refuse(option, 'mode_not_offered', 'режим активации не действует');
  if (money(mode.chargeSum) > 0n && mode.chargeTypeId === null) refuse(option, 'no_charge_type', 'у режима не задан тип расхода');
  return mode;
}

/** Keeps the trace of an option that came or went. */
async function tell(
  tx: Transaction,
  act: Act,
  contract: ContractRow,
  change: 'activate' | 'deactivate',
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await audit(tx, act.caller, { action: `billing.tariff-option.${change}`, object: String(contract.id), after: data });
  await publishOfContract(tx, act, contract, 'contract.tariff-changed', { ...data, change: `option-${change}d` });
}

/**
 * Activates a tariff option for as long as its mode says, and writes the charge for it in the same transaction (spec 2.8).
 * @param web it is the customer's own wish: what is hidden from customers is refused
 * @returns the number of the activation
 * @throws HubError NOT_FOUND (contract, option, mode), CONFLICT (not offered, other options, closed period)
 */
export async function activateOption(
  tx: Transaction,
  act: Act,
  { contractId, optionId, modeId, web }: { contractId: number; optionId: number; modeId: number; web: boolean },
): Promise<number> {
  const contract = await lockContract(tx, act, contractId);
  const option = await needOption(tx, optionId);
  const refusal = optionRefusal(optionOf(option), await optionHolderOf(tx, act, contract, act.today), act.today, web);
  if (refusal) refuse(option, refusal, WHY[refusal]);
  const mode = await needMode(tx, option, modeId, act.today);
  const { until, sum } = activationOf({ ...mode, chargeSum: money(mode.chargeSum) }, act.today);
  const timeTo = until?.toZonedDateTime({ timeZone: act.settings.timeZone }).toInstant() ?? null;
  const comment = `Опция «${option.title}»: ${mode.title}`;
  const chargeId =
    sum > 0n && mode.chargeTypeId !== null
      ? await saveCharge(tx, act, { contractId, typeId: mode.chargeTypeId, day: act.today, sum, comment, byHand: false })
      : null;
  const text = moneyText(sum);
  const [row] = await insertContractOption(
    tx,
    ...[contractId, optionId, modeId, chargeId, text, act.now, timeTo, act.operatorId || null, act.caller.login],
  );
  const id = row?.id ?? 0;
  await tell(tx, act, contract, 'activate', { id, optionId, modeId, chargeId, amount: text, timeTo: timeTo?.toString() ?? null });
  return id;
}

/** An option that a contract has or had. @throws HubError NOT_FOUND */
export async function findContractOption(db: Queryable, contractId: number, contractOptionId: number): Promise<ContractOptionRow> {
  const [row] = await contractOptionById(db, contractOptionId);
  if (row?.contractId === contractId) return row;
  throw new HubError('NOT_FOUND', `contract ${contractId} has no option ${contractOptionId}`, {
    reason: 'contract_option',
    russian: `Опция договора не найдена: ${contractOptionId}`,
  });
}

/** How a mode lets an option be ended: 0 at once, 1 with its period, 2 not by hand. */
const [AT_ONCE, NOT_BY_HAND] = [0, 2];

/**
 * Ends an option of a contract, as its mode says: at once, or with the period that is paid.
 * @throws HubError NOT_FOUND, CONFLICT: it is over already, or not ended by hand
 */
export async function deactivateOption(tx: Transaction, act: Act, contractId: number, contractOptionId: number): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const row = await findContractOption(tx, contractId, contractOptionId);
  const over = row.deactivatedAt !== null || (row.timeTo !== null && Temporal.Instant.compare(row.timeTo, act.now) <= 0);
  if (over || row.deactivationMode === NOT_BY_HAND)
    throw new HubError(
      'CONFLICT',
      over ? `option ${contractOptionId} is over already` : `option ${contractOptionId} is not ended by hand`,
      {
        reason: over ? 'option_over' : 'option_not_by_hand',
        russian: over ? `Опция «${row.title}» уже отключена` : `Опция «${row.title}» не отключается вручную`,
      },
    );
  const timeTo = row.deactivationMode === AT_ONCE || row.timeTo === null ? act.now : row.timeTo;
  await endContractOption(tx, contractOptionId, timeTo, act.now);
  await tell(tx, act, contract, 'deactivate', {
    id: contractOptionId,
    optionId: row.optionId,
    modeId: row.modeId,
    timeTo: timeTo.toString(),
  });
}

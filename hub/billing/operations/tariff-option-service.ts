import { dayOf } from '../act.ts';
import { activateOption, deactivateOption, needOption, optionHolderOf, optionOf } from '../activate-option.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import {
  type ContractOptionRow,
  contractOptions,
  type OptionModeRow,
  optionModeRows,
  type TariffOptionRow,
  tariffOptionRows,
} from '../sql/tariff-options.ts';
import { isForHolder, isOffered, optionRefusal } from '../tariff-option.ts';
import { dateTimeText } from '../wire/texts.ts';

type At = Temporal.Instant | null | undefined;
const dayOrToday = (call: Call, at: At): Temporal.PlainDate => (at ? dayOf(call, at) : call.today);

const modeBean = (mode: OptionModeRow) => ({
  id: mode.id,
  title: mode.title,
  modeTitle: mode.title,
  optionId: mode.optionId,
  chargeProportional: mode.chargeProportional,
  chargeSumma: mode.chargeSum,
  chargeTypeId: mode.chargeTypeId ?? 0,
  chargeTypeTitle: mode.chargeTypeTitle ?? '',
  dateFrom: mode.dateFrom,
  dateTo: mode.dateTo,
  deactivationMode: mode.deactivationMode,
  deleteChargeMode: mode.deleteChargeMode,
  deleteMode: mode.deleteMode,
  periodCol: mode.periodCount,
  periodMode: mode.periodMode,
  reactivationMode: mode.reactivationMode,
});

async function optionBeans(call: Call, options: readonly TariffOptionRow[]) {
  const modes = await optionModeRows(
    call.db,
    options.map(({ id }) => id),
  );
  return options.map((option) => ({
    id: option.id,
    title: option.title,
    comment: option.comment,
    description: option.description,
    contractGroups: BigInt(option.groups),
    dateFrom: option.dateFrom,
    dateTo: option.dateTo,
    enable: option.enabled,
    hideForContractGroups: BigInt(option.hideGroups),
    hideForContractGroupsMode: option.hideMode,
    hideForWeb: option.hideWeb,
    depends: option.depends,
    incompatible: option.incompatible,
    tariffIdSet: option.tariffs,
    modeList: modes.filter(({ optionId }) => optionId === option.id).map(modeBean),
  }));
}

const heldBean = ({ settings: { timeZone } }: Call, row: ContractOptionRow) => ({
  id: row.id,
  contractId: row.contractId,
  optionId: row.optionId,
  optionTitle: row.title,
  activatedMode: row.modeId,
  activatedTime: dateTimeText(row.activatedAt, timeZone),
  deactivatedTime: row.deactivatedAt && dateTimeText(row.deactivatedAt, timeZone),
  timeFrom: dateTimeText(row.timeFrom, timeZone),
  timeTo: row.timeTo && dateTimeText(row.timeTo, timeZone),
  chargeId: row.chargeId ?? 0,
  summa: row.sum,
  userId: row.operatorId ?? 0,
  userTitle: row.login,
});

/** Options of a contract that are in force at some time of a day; without one at this moment. */
async function held(call: Call, contractId: number, date: At): Promise<ContractOptionRow[]> {
  await findContract(call.db, call, contractId);
  if (!date) return contractOptions(call.db, contractId, call.now, call.now.add({ milliseconds: 1 }));
  const start = dayOf(call, date).toZonedDateTime({ timeZone: call.settings.timeZone });
  return contractOptions(call.db, contractId, start.toInstant(), start.add({ days: 1 }).toInstant());
}

interface AvailableArgs {
  readonly contractId: number;
  readonly date?: At;
  readonly onlyAvailable: boolean;
  readonly web: boolean;
}

export const tariffOptionService: Binding = {
  service: 'TariffOptionService',
  operations: {
    tariffOptionGet: async (call: Call, { id }: { id: number }) => (await optionBeans(call, [await needOption(call.db, id)]))[0],
    tariffOptionList: async (call: Call) => optionBeans(call, await tariffOptionRows(call.db, null)),
    /** Those for the contract at all; with `onlyAvailable` those that can be activated. What is active is asked of the server, not of the caller. */
    tariffOptionListAvailable: async (call: Call, { contractId, date, onlyAvailable, web }: AvailableArgs) => {
      const day = dayOrToday(call, date);
      const holder = await optionHolderOf(call.db, call, await findContract(call.db, call, contractId), day);
      const options = (await tariffOptionRows(call.db, null)).filter((row) => {
        const option = optionOf(row);
        return onlyAvailable
          ? optionRefusal(option, holder, day, web) === undefined
          : option.enabled && isForHolder(option, holder, web) && isOffered(option, day);
      });
      return optionBeans(call, options);
    },
    tariffOptionActivateModeList: async (call: Call, { optionId, date }: { optionId: number; date?: At }) => {
      await needOption(call.db, optionId);
      const day = dayOrToday(call, date);
      return (await optionModeRows(call.db, [optionId])).filter((mode) => isOffered(mode, day)).map(modeBean);
    },
    contractTariffOptionList: async (call: Call, { contractId, date }: { contractId: number; date?: At }) =>
      (await held(call, contractId, date)).map((row) => heldBean(call, row)),
    contractTariffOptionActivate: async (call: Call, args: { contractId: number; optionId: number; modeId: number; web: boolean }) => {
      await activateOption(call.tx, call, args);
    },
    contractTariffOptionDeactivate: (call: Call, { contractId, contractOptionId }: { contractId: number; contractOptionId: number }) =>
      deactivateOption(call.tx, call, contractId, contractOptionId),
    /** All that a contract ever had; with a date those that had begun by its end. */
    contractTariffOptionHistory: async (call: Call, { contractId, date }: { contractId: number; date?: At }) => {
      await findContract(call.db, call, contractId);
      const end = date ? dayOf(call, date).add({ days: 1 }).toZonedDateTime({ timeZone: call.settings.timeZone }).toInstant() : null;
      return (await contractOptions(call.db, contractId, null, end)).map((row) => heldBean(call, row));
    },
  },
};

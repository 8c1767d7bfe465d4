import { beans } from '../bean-notation.ts';

/** Tariff plans, their groups and options, and what of them a contract has (catalogue 5). */
export const TARIFF_BEANS = beans(
  'tariffs',
  `
  tariffPlan: idTitle {
      config: string, filterFace: int, filterGroups: long, filterMask: string, titleWeb: string, useTitleInWeb: boolean,
      used: boolean
  }
  tariffGroup: idTitle { daysForward: int, planList: tariffGroupTariff[], pos: int, transferMode: int }
  tariffGroupTariff: id { @date1: dateTime, @date2: dateTime, @title: string }
  contractTariffGroup: id { @contractId: int!, @dateFrom: dateTime, @dateTo: dateTime, @tariffGroupId: int!, comment: string }
  contractTariff: id {
      comment: string, contractId: int, dateFrom: dateTime, dateTo: dateTime, entityId: int, entityMid: int, position: int,
      replacedFromContractTariffId: int, tariffPlanId: int
  }
  contractTariffEntry: idTitle {
      @canCancel: boolean!, @contractId: int!, @dateFrom: date, @dateTo: date, @entityId: int!, @entityMid: int!,
      @personal: boolean!, @position: int!, @replacedFromContractTariffId: int!, @replacedFromTariffId: int!, @tariffPlanId: int!,
      @treeId: int!, availableChangeDates: dateTime[], availableChangeTariffIds: int[], comment: string
  }
  contractTariffOption: id {
      @activatedMode: int!, @activatedTime: string, @chargeId: int!, @contractId: int!, @deactivatedTime: string, @optionId: int!,
      @optionTitle: string, @summa: decimal, @timeFrom: string, @timeTo: string, @userId: int!, @userTitle: string
  }
  tariffOptionActivateMode: idTitle {
      @chargeProportional: boolean!, @chargeSumma: decimal, @chargeTypeId: int!, @chargeTypeTitle: string, @dateFrom: dateTime,
      @dateTo: dateTime, @deactivationMode: int!, @deleteChargeMode: int!, @deleteMode: int!, @modeTitle: string, @optionId: int!,
      @periodCol: int!, @periodMode: int!, @reactivationMode: int!
  }
  tariffOption: idTitle {
      @comment: string, @contractGroups: long!, @dateFrom: dateTime, @dateTo: dateTime, @enable: boolean!,
      @hideForContractGroups: long!, @hideForContractGroupsMode: int!, @hideForWeb: boolean!,
      modeList > item: tariffOptionActivateMode[], depends: int list, description: string, incompatible: int list,
      tariffIdSet: int list
  }
  tariffLabelItem: idTitle { @parentId: int!, @selected: boolean!, @tariffLinkCount: int! }
`,
);

import { changes, reads, service } from '../operation-notation.ts';

// Tariff plans and their groups, and what contracts have of them (catalogue 4.4).

export const tariffService = service({
  name: 'TariffService',
  package: 'ru.bitel.bgbilling.kernel.tariff',
  namespace: 'http://service.common.tariff.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'tariffPlanList(groupMask: long, personType?: int, title?: string): tariffPlan[]',
      'Тарифные планы по группам, лицу и названию',
      'Tariff plans by groups, kind of person and title',
    ),
    reads(1, 'tariffPlanGet(id: int): tariffPlan', 'Тарифный план по номеру', 'A tariff plan by its number'),
    changes(1, 'tariffPlanDelete(id: int)', 'Удаляет тарифный план, который никто не использует', 'Removes a tariff plan that nobody has'),
    changes(1, 'tariffPlanUpdate(tariffPlan?: tariffPlan): int', 'Создаёт или меняет тарифный план', 'Makes or changes a tariff plan'),
    reads(1, 'tariffGroupGet(id: int): tariffGroup', 'Группа тарифов по номеру', 'A tariff group by its number'),
    reads(1, 'tariffGroupList(): tariffGroup[]', 'Все группы тарифов', 'All tariff groups'),
    reads(
      2,
      'searchTariffPlans(arg0? (tariffPlanIds): int[], arg1? (labelIds): int[], arg2 (argument): int, arg3? (page): page): searchResult',
      'Поиск тарифных планов по страницам',
      'Finds tariff plans, page by page',
    ),
    changes(1, 'tariffGroupDelete(id: int)', 'Удаляет группу тарифов, которой нет ни у кого', 'Removes a tariff group that nobody has'),
    changes(1, 'tariffGroupUpdate(tariffGroup?: tariffGroup): int', 'Создаёт или меняет группу тарифов', 'Makes or changes a tariff group'),
  ],
});

export const contractTariffService = service({
  name: 'ContractTariffService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    changes(
      1,
      'contractTariffGroupUpdate(contractTariffGroup?: contractTariffGroup): int',
      'Назначает договору группу тарифов или меняет назначение',
      'Gives a contract a tariff group, or changes that',
    ),
    changes(1, 'contractTariffGroupDelete(id: int)', 'Снимает группу тарифов с договора', 'Takes a tariff group off its contract'),
    reads(
      1,
      'contractTariffGroupList(contractId: int, date?: dateTime): contractTariffGroup[]',
      'Группы тарифов договора',
      'Tariff groups of a contract',
    ),
    reads(
      1,
      'contractTariffList(contractId: int, date?: dateTime, entityMid: int, entityId: int): contractTariff[]',
      'Тарифы договора',
      'Tariffs of a contract',
    ),
    reads(
      1,
      'contractTariffGet(id: int): contractTariff',
      'Тариф договора по номеру записи',
      'A tariff of a contract by the number of the record',
    ),
    changes(
      1,
      'contractTariffUpdate(contractTariff?: contractTariff): int',
      'Назначает договору тариф или меняет назначение',
      'Gives a contract a tariff, or changes that',
    ),
    changes(1, 'contractTariffDelete(id: int)', 'Снимает тариф с договора', 'Takes a tariff off its contract'),
    reads(
      1,
      'contractTariffEntryList(contractId: int, date?: dateTime, entityMid: int, entityId: int): contractTariffEntry[]',
      'Тарифы договора с названиями и возможностью замены',
      'Tariffs of a contract with titles and what may replace them',
    ),
    changes(
      2,
      'contractTariffChangeByCustomer(contractId: int, tariffGroupId: int, fromContractTariffId: int, toTariffPlanId: int, fromDate?: dateTime): string',
      'Смена тарифа клиентом',
      'A change of tariff by the customer',
    ),
    reads(
      2,
      'contractTariffChangeAvailableMap(contractId: int): mapHolder',
      'Тарифы, на которые клиент может перейти',
      'Tariffs that the customer may change to',
    ),
    reads(
      2,
      'contractTariffChangeAvailableDateList(contractId: int, tariffGroupId: int, fromTariffPlanId: int, toTariffPlanId: int): dateTime[]',
      'Дни, с которых клиент может сменить тариф',
      'Days from which the customer may change the tariff',
    ),
    changes(
      2,
      'contractTariffCancelByCustomer(contractId: int, contractTariffId: int): string',
      'Отменяет смену тарифа, назначенную клиентом',
      'Cancels a change of tariff that the customer planned',
    ),
  ],
});

export const tariffLabelService = service({
  name: 'TariffLabelService',
  package: 'ru.bitel.bgbilling.kernel.tariff',
  namespace: 'http://service.common.tariff.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'getTariffLabelTreeItemList(arg0 (tariffPlanId): int): tariffLabelItem[]',
      'Дерево меток тарифов с отметками плана',
      "The tree of tariff labels, with the plan's marked",
    ),
    changes(
      2,
      'setTariffLabelTreeItemList(arg0 (tariffPlanId): int, arg1? (labels): tariffLabelItem[])',
      'Задаёт метки тарифного плана',
      'Sets the labels of a tariff plan',
    ),
    reads(2, 'getTariffLabelIds(arg0 (tariffPlanId): int): int[]', 'Номера меток тарифного плана', "Numbers of a tariff plan's labels"),
    changes(
      2,
      'updateTariffLabelTreeItem(arg0? (label): tariffLabelItem): int',
      'Создаёт или меняет метку тарифов',
      'Makes or changes a tariff label',
    ),
    changes(2, 'removeTariffLabelTreeItem(arg0 (labelId): int)', 'Удаляет метку тарифов', 'Removes a tariff label'),
  ],
});

import { actionsOf, does, shows } from '../action-notation.ts';
import type { Action } from '../descriptor.ts';

/** Recurring fees, services, statuses, tariffs and bills (catalogue 2.5). */
export const MODULE_ACTIONS: readonly Action[] = [
  ...actionsOf(
    'npay',
    shows(
      1,
      'ServiceSetList(mid)',
      'items list',
      'Наборы услуг экземпляра; набор 0 содержит все',
      'Sets of services of an instance; set 0 holds them all',
    ),
    shows(
      1,
      'ServiceObjectTable(mid, cid, object_id?, actualItemsOnly?, actualItemsDate?)',
      'table(id sid service objectId object col date1 date2 comment)',
      'Объекты абонплаты договора',
      'Objects of recurring fees of a contract',
    ),
    shows(
      1,
      'ServiceObjectGet(id (serviceObjectIdOrNew))',
      'object(col date1 date2 entityId entityMid oid sid), comment: row',
      'Объект абонплаты по номеру',
      'An object of recurring fees by its number',
    ),
    does(
      1,
      'ServiceObjectUpdate(id? (idOrNew), cid, sid (serviceId), oid? (objectId), col?, comment?, date1 (validFrom), date2? (validTo))',
      '',
      'Создаёт или меняет объект абонплаты',
      'Makes or changes an object of recurring fees',
    ),
    does(1, 'ServiceObjectDelete(id (serviceObjectId))', '', 'Удаляет объект абонплаты', 'Removes an object of recurring fees'),
  ),
  ...actionsOf(
    'service',
    shows(1, 'Modules()', 'modules: module(id title)', 'Экземпляры модулей этого сервера', 'Module instances of this server'),
    shows(1, 'GetServiceList(mid)', 'services: service(id title)', 'Услуги экземпляра модуля', 'Services of a module instance'),
    shows(
      1,
      'About()',
      'modules: module(name version build.number build.time versionstring), server(version build.number build.time)',
      'Версии сервера и модулей',
      'Versions of the server and its modules',
    ),
  ),
  ...actionsOf(
    'contract.status',
    shows(
      1,
      'StatusList(onlyManual?)',
      'items list',
      'Статусы, все или те, что ставит оператор',
      'Statuses, all or those that an operator sets',
    ),
    shows(
      1,
      'ContractStatusTable(cid)',
      'table(id status period comment)',
      'Периоды статусов договора',
      "Periods of a contract's statuses",
    ),
    shows(
      1,
      'ContractStatusLog(cid)',
      'table(date user status period comment)',
      'Журнал изменений статуса',
      'The log of changes of status',
    ),
  ),
  ...actionsOf(
    'tariff',
    does(
      1,
      'AddTariffPlan(used?)',
      'tariffPlan(id tree_id title titleWeb useTitleInWeb used face mask): config',
      'Создаёт пустой тарифный план',
      'Makes an empty tariff plan',
    ),
    does(
      1,
      'UpdateTariffPlan(tpid, title? (planTitle), titleWeb?, useTitleInWeb?, used?, face?, mask?, config? (planConfig))',
      '',
      'Меняет тарифный план',
      'Changes a tariff plan',
    ),
    does(
      1,
      'DeleteTariffPlan(tpid)',
      '',
      'Удаляет тарифный план, которого нет ни у одного договора',
      'Removes a tariff plan that no contract has',
    ),
    does(
      2,
      'CopyTariffPlan(tpid)',
      'tariffPlan(id tree_id title titleWeb useTitleInWeb used face mask): config',
      'Копирует тарифный план',
      'Copies a tariff plan',
    ),
    shows(2, 'GetMTree(tree_id, mid)', 'tree', 'Дерево тарифа для модуля', 'The tree of a tariff for a module'),
    does(
      2,
      'ModifTariffNode(id? (nodeId), tree_id?)',
      '',
      'Меняет узел дерева тарифа; прочие параметры зависят от узла',
      "Changes a node of a tariff's tree; further parameters depend on it",
    ),
  ),
  ...actionsOf(
    'bill',
    shows(2, 'DocTypeList(mid)', 'items', 'Виды документов', 'Kinds of documents'),
    does(
      2,
      'ContractDocTypeAdd(mid, cid, selectedItems)',
      '',
      'Разрешает договору виды документов',
      'Allows a contract kinds of documents',
    ),
    does(
      2,
      'ContractDocTypeDelete(mid, cid, selectedItems)',
      '',
      'Снимает с договора виды документов',
      'Takes kinds of documents off a contract',
    ),
  ),
];

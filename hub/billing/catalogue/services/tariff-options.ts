import { changes, reads, service } from '../operation-notation.ts';

// Tariff options (catalogue 4.4).

export const tariffOptionService = service({
  name: 'TariffOptionService',
  package: 'ru.bitel.bgbilling.kernel.tariff.option',
  namespace: 'http://service.common.option.tariff.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(1, 'tariffOptionGet(id: int): tariffOption', 'Тарифная опция по номеру', 'A tariff option by its number'),
    reads(1, 'tariffOptionList(): tariffOption[]', 'Все тарифные опции', 'All tariff options'),
    reads(
      1,
      'tariffOptionListAvailable(contractId: int, date?: dateTime, currentContractOptionList?: contractTariffOption[], onlyAvailable: boolean, web: boolean): tariffOption[]',
      'Опции, которые договор может подключить',
      'Options that a contract can have',
    ),
    reads(
      1,
      'tariffOptionActivateModeList(optionId: int, date?: dateTime): tariffOptionActivateMode[]',
      'Режимы подключения опции',
      'Modes in which an option is activated',
    ),
    reads(
      1,
      'contractTariffOptionList(contractId: int, date?: dateTime): contractTariffOption[]',
      'Подключённые опции договора',
      'Options that a contract has',
    ),
    changes(
      1,
      'contractTariffOptionActivate(contractId: int, optionId: int, modeId: int, web: boolean)',
      'Подключает опцию и списывает её цену',
      'Activates an option and charges its price',
    ),
    changes(1, 'contractTariffOptionDeactivate(contractId: int, contractOptionId: int)', 'Отключает опцию', 'Deactivates an option'),
    reads(
      1,
      'contractTariffOptionHistory(contractId: int, date?: dateTime, web: boolean): contractTariffOption[]',
      'Опции, которые были у договора',
      'Options that a contract has had',
    ),
    reads(
      2,
      'tariffOptionWebList(contractId: int, date?: dateTime, fullOptionList?: tariffOption[]): tariffOption[]',
      'Опции для показа клиенту',
      'Options to be shown to the customer',
    ),
    changes(2, 'tariffOptionUpdate(tariffOption?: tariffOption)', 'Создаёт или меняет опцию', 'Makes or changes an option'),
    changes(2, 'tariffOptionDelete(id: int)', 'Удаляет опцию', 'Removes an option'),
    reads(
      2,
      'tariffOptionActivateModeGet(optionId: int, modeId: int): tariffOptionActivateMode',
      'Режим подключения опции по номеру',
      'A mode of activation by its number',
    ),
    reads(
      2,
      'contractTariffOptionListWeb(contractId: int, date?: dateTime, contractTariffOptionList?: contractTariffOption[]): contractTariffOption[]',
      'Подключённые опции для показа клиенту',
      'Options of a contract to be shown to the customer',
    ),
    changes(
      2,
      'contractTariffOptionActivateWhithSum(contractId: int, optionId: int, modeId: int, chargeSum?: decimal, web: boolean): int',
      'Подключает опцию за указанную сумму',
      'Activates an option for a given sum',
    ),
    changes(
      2,
      'contractTariffOptionReactivate(contractId: int, contractOptionId: int)',
      'Подключает опцию снова',
      'Activates an option again',
    ),
    changes(
      2,
      'contractTariffOptionDelete(contractId: int, id: int, customer: boolean)',
      'Удаляет запись о подключённой опции',
      'Removes the record of an activated option',
    ),
  ],
});

import { changes, reads, service } from '../operation-notation.ts';

// Balances, reserves and automatic payments (catalogue 4.2).

export const balanceService = service({
  name: 'BalanceService',
  package: 'ru.bitel.bgbilling.kernel.contract.balance',
  namespace: 'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'balanceDetailList(contractId: int, period?: period, available: boolean): balanceDetailItem[]',
      'Движения по договору подряд, с остатком после каждого',
      'Movements of a contract one by one, with the balance after each',
    ),
    reads(
      1,
      'contractBalanceList(contractId: int, period?: period): contractBalance[]',
      'Баланс договора по месяцам',
      'The balance of a contract by months',
    ),
    reads(
      1,
      'contractAccountList(contractId: int, period?: period, members: int): contractAccount[]; holderTotalSum: decimal',
      'Наработка договора по услугам, с общей суммой',
      'Amounts accrued for services, with their total',
    ),
    reads(
      1,
      'contractBalanceGet(contractId: int, year: int, month: int): contractBalance',
      'Баланс договора за один месяц',
      'The balance of a contract in one month',
    ),
    reads(
      2,
      'getDataSource(type?: string, mode: int, cid: int, period?: period): data: base64Binary',
      'Данные отчёта по балансу файлом',
      'The data of a balance report as a file',
    ),
    changes(
      2,
      'sendEmail(email?: string, type?: string, mode: int, cid: int, period?: period): boolean',
      'Отправляет отчёт по балансу на почту',
      'Mails a balance report',
    ),
    changes(
      2,
      'contractBalanceTransfer(contractId: int, date?: dateTime, balanceDistributeDataList?: balanceDistributeData[], customer: boolean): int[]',
      'Переводит деньги с баланса на другие договоры',
      'Moves money from the balance to other contracts',
    ),
  ],
});

export const paymentAndChargeService = service({
  name: 'PaymentAndChargeService',
  package: 'ru.bitel.bgbilling.kernel.contract.balance',
  namespace: 'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'getPaymentTree(arg0 (editable): int): paymentTypeItem',
      'Дерево типов приходов, прежняя форма',
      'The tree of payment types, earlier form',
    ),
    reads(
      2,
      'getChargeTree(arg0 (editable): int): paymentTypeItem',
      'Дерево типов расходов, прежняя форма',
      'The tree of charge types, earlier form',
    ),
  ],
});

export const reserveService = service({
  name: 'ReserveService',
  package: 'ru.bitel.bgbilling.kernel.contract.balance',
  namespace: 'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
  faults: ['BGException', 'BGMessageException'],
  operations: [
    reads(
      2,
      'reserveList(contractId: int, period?: period, reserveMembers: int): reserve[]',
      'Резервы договора за период',
      'Reserves of a contract in a period',
    ),
    changes(2, 'updateReserve(reserve?: reserve): int', 'Создаёт или меняет резерв', 'Makes or changes a reserve'),
    changes(2, 'closeReserve(reserveId: int)', 'Закрывает резерв и освобождает сумму', 'Closes a reserve and releases its amount'),
    reads(2, 'reserveSum(contractId: int): decimal', 'Сколько сейчас зарезервировано', 'What is held in reserve now'),
    reads(2, 'reserveTypeGet(id: int): reserveType', 'Тип резерва по номеру', 'A reserve type by its number'),
    reads(2, 'reserveTypeList(used: boolean): reserveType[]', 'Типы резервов, все или используемые', 'Reserve types, all or those in use'),
    changes(2, 'reserveTypeUpdate(reserveType?: reserveType): int', 'Создаёт или меняет тип резерва', 'Makes or changes a reserve type'),
    changes(2, 'reserveTypeDelete(reserveTypeId: int): int', 'Удаляет тип резерва', 'Removes a reserve type'),
  ],
});

export const contractAutopaymentService = service({
  name: 'ContractAutopaymentService',
  package: 'ru.bitel.bgbilling.kernel.contract.autopayment',
  namespace: 'http://service.common.autopayment.contract.kernel.bgbilling.bitel.ru/',
  carries: ['autopayment', 'contractAutopayment'],
  faults: ['BGException', 'BGIllegalAccessException', 'BGIllegalArgumentException', 'BGMessageException'],
  operations: [
    reads(2, 'isEnabled(contractId: int): boolean', 'Включён ли автоплатёж', 'Whether automatic payment is on'),
    reads(
      2,
      'searchContractAutopayment(contractId: int, period?: period, sort?: string[], page?: page): searchResult',
      'Подключения автоплатежа за период',
      'Connections of automatic payment in a period',
    ),
    changes(
      2,
      'setEnabled(contractId: int, enabled: boolean): boolean',
      'Включает или выключает автоплатёж',
      'Switches automatic payment on or off',
    ),
    reads(
      2,
      'contractAutopaymentModeList(contractId: int): contractAutopaymentMode[]',
      'Режимы автоплатежа договора',
      'Modes of automatic payment of a contract',
    ),
    reads(
      2,
      'contractAutopaymentModeCheck(contractId: int, autopaymentMode?: contractAutopaymentMode)',
      'Проверяет режим автоплатежа, не сохраняя',
      'Checks a mode of automatic payment without storing it',
    ),
    reads(
      2,
      'autopaymentSearch(contractId: int, period?: period, sort?: string[], page?: page): searchResult',
      'Автоплатежи договора за период',
      'Automatic payments of a contract in a period',
    ),
    changes(2, 'autopaymentInvoke(contractId: int, amount?: decimal)', 'Списывает автоплатёж сейчас', 'Takes an automatic payment now'),
  ],
});

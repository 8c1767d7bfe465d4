import { changes, reads, service } from '../operation-notation.ts';

// Payments and charges (catalogue 4.2).

export const paymentService = service({
  name: 'PaymentService',
  package: 'ru.bitel.bgbilling.kernel.contract.balance',
  namespace: 'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
  faults: ['BGException', 'BGMessageException'],
  operations: [
    reads(1, 'paymentGet(paymentId: int): payment', 'Приход по номеру', 'A payment by its number'),
    reads(
      1,
      'paymentList(contractId: int, period?: period, members: int): payment[]; holderTotalSum: decimal',
      'Приходы за период, старые первыми, с общей суммой',
      'Payments of a period, oldest first, with their total',
    ),
    changes(1, 'paymentDelete(contractId: int, paymentId: int): int', 'Удаляет приход', 'Removes a payment'),
    changes(
      1,
      'paymentUpdate(payment?: payment, distribution?: string): int[]',
      'Создаёт или меняет приход; может разблокировать договор',
      'Makes or changes a payment; may unlock the contract',
    ),
    reads(1, 'paymentTypeGet(paymentTypeId: int): paymentType', 'Тип прихода по номеру', 'A payment type by its number'),
    reads(1, 'paymentTypeList(editable?: int, type?: int): paymentType[]', 'Типы приходов', 'Payment types'),
    reads(
      1,
      'paymentTypeTree(editable: int, showEmptyRoot: boolean): paymentTypeItem',
      'Дерево типов приходов',
      'The tree of payment types',
    ),
    changes(1, 'paymentTypeUpdate(paymentType?: paymentType): int', 'Создаёт или меняет тип прихода', 'Makes or changes a payment type'),
    changes(2, 'paymentTypeDelete(paymentTypeId: int): int', 'Удаляет тип прихода', 'Removes a payment type'),
    changes(
      2,
      'paymentTypeMove(paymentTypeId: int, idList?: int[])',
      'Переносит типы приходов в другой класс',
      'Moves payment types into another class',
    ),
  ],
});

export const chargeService = service({
  name: 'ChargeService',
  package: 'ru.bitel.bgbilling.kernel.contract.balance',
  namespace: 'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
  faults: ['BGException', 'BGMessageException'],
  operations: [
    reads(1, 'chargeGet(chargeId: int): charge', 'Расход по номеру', 'A charge by its number'),
    reads(
      1,
      'chargeList(contractId: int, type: int, period?: period, members: int): charge[]; holderTotalSum: decimal',
      'Расходы за период с общей суммой',
      'Charges of a period, with their total',
    ),
    changes(1, 'chargeDelete(contractId: int, chargeId: int): int', 'Удаляет расход договора', 'Removes a charge of a contract'),
    changes(1, 'chargeDeleteById(chargeId: int): int', 'Удаляет расход по одному его номеру', 'Removes a charge by its number alone'),
    changes(1, 'chargeUpdate(charge?: charge): int', 'Создаёт или меняет расход', 'Makes or changes a charge'),
    reads(1, 'chargeTypeGet(chargeTypeId: int): chargeType', 'Тип расхода по номеру', 'A charge type by its number'),
    reads(1, 'chargeTypeList(editable?: int, type?: int, isPayback?: boolean): chargeType[]', 'Типы расходов', 'Charge types'),
    reads(
      1,
      'chargeTypeTree(editable: int, isPayback: boolean, showEmptyRoot: boolean): paymentTypeItem',
      'Дерево типов расходов',
      'The tree of charge types',
    ),
    changes(1, 'chargeTypeUpdate(chargeType?: chargeType): int', 'Создаёт или меняет тип расхода', 'Makes or changes a charge type'),
    reads(
      2,
      'paybackList(contractId: int, type: int, period?: period, members: int): charge[]; holderTotalSum: decimal',
      'Возвраты за период с общей суммой',
      'Paybacks of a period, with their total',
    ),
    changes(
      2,
      'chargeTypeMove(chargeTypeId: int, idList?: int[])',
      'Переносит типы расходов в другой класс',
      'Moves charge types into another class',
    ),
    changes(2, 'chargeTypeDelete(chargeTypeId: int): int', 'Удаляет тип расхода', 'Removes a charge type'),
  ],
});

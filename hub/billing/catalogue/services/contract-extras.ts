import { changes, reads, service } from '../operation-notation.ts';

// Cards, notifications, scripts and logins of contracts (catalogue 4.1).

export const contractCardService = service({
  name: 'ContractCardService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'contractCardList(contractId: int): contractCard[]',
      'Виды карточек, которые можно напечатать по договору',
      'Cards that can be printed for a contract',
    ),
    reads(
      2,
      'contractCardExport(contractId: int, contractCardId?: string): data: base64Binary',
      'Карточка договора файлом',
      'The card of a contract as a file',
    ),
  ],
});

export const contractNotificationService = service({
  name: 'ContractNotificationService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(2, 'contractNotificationList(contractId: int): contractNotification[]', 'Уведомления договора', 'Notifications of a contract'),
    changes(2, 'contractNotificationDelete(contractId: int, id: int)', 'Удаляет уведомление', 'Removes a notification'),
    changes(
      2,
      'contractNotificationUpdate(contractId: int, contractNotification?: contractNotification): int',
      'Создаёт или меняет уведомление',
      'Makes or changes a notification',
    ),
    changes(
      2,
      'contractNotificationMarkRead(contractId: int, id: int)',
      'Отмечает уведомление прочитанным',
      'Marks a notification as read',
    ),
    reads(
      2,
      'contractNotificationUnreadCount(contractId: int): int',
      'Сколько уведомлений не прочитано',
      'How many notifications are unread',
    ),
  ],
});

export const contractScriptService = service({
  name: 'ContractScriptService',
  package: 'ru.bitel.bgbilling.kernel.contract.script',
  namespace: 'http://common.script.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'getScriptLogTitleList(contractId: int, period?: period): string[]',
      'Заголовки журнала скриптов договора',
      "Titles in the log of a contract's scripts",
    ),
    reads(
      2,
      'getScriptLogList(contractId: int, period?: period, title?: string, pageHolder?: page): contractScriptLog[]; pageHolder: page',
      'Записи журнала скриптов договора',
      "Entries of the log of a contract's scripts",
    ),
    changes(2, 'deleteScript(id: int)', 'Отключает скрипт от договора', 'Takes a script off its contract'),
    reads(
      2,
      'additionalContractActionList(contractId: int, customer: boolean): additionalContractAction[]',
      'Дополнительные действия, доступные для договора',
      'Additional actions that a contract offers',
    ),
    changes(
      2,
      'additionalContractActionInvoke(contractId: int, actionId: int, customer: boolean, params?: mapHolder): additionalContractActionResult',
      'Выполняет дополнительное действие',
      'Runs an additional action',
    ),
  ],
});

export const contractLoginService = service({
  name: 'ContractLoginService',
  package: 'ru.bitel.bgbilling.kernel.contract.selfcare',
  namespace: 'http://service.common.selfcare.contract.kernel.bgbilling.bitel.ru/',
  faults: ['BGException', 'BGIllegalArgumentException', 'BGMessageException'],
  operations: [
    changes(
      2,
      'contractLoginLogAdd(contractId: int, success: boolean, remoteAddress?: string, sessionId?: string, username?: string, type?: string, data?: string)',
      'Записывает вход клиента в журнал',
      "Notes a customer's login in the log",
    ),
  ],
});

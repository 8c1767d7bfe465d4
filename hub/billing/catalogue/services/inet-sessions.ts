import { changes, reads, service } from '../operation-notation.ts';

// Sessions and traffic of internet access (catalogue 4.7).

export const inetSessionService = service({
  name: 'InetSessionService',
  package: 'ru.bitel.bgbilling.modules.inet.api/{mid}',
  namespace: 'http://service.common.api.inet.modules.bgbilling.bitel.ru/',
  aliases: [{ package: 'ru.bitel.bgbilling.modules.inet/{mid}', name: 'InetSessionService' }],
  carries: ['inetSessionLog', 'inetConnection'],
  operations: [
    reads(
      1,
      'inetSessionAliveList(deviceIds?: int[], contractIds?: int[], contract?: string, login?: string, ip?: string, callingStation?: string, timeFrom?: dateTime, timeTo?: dateTime, page?: page): result',
      'Открытые сессии; без модуля доступа всегда пусто',
      'Open sessions; always empty without an access module',
    ),
    reads(
      2,
      'inetSessionLogList(deviceIds?: int[], contractIds?: int[], contract?: string, login?: string, ip?: string, callingStation?: string, timeFrom?: dateTime, timeTo?: dateTime, page?: page): result',
      'Завершённые сессии',
      'Sessions that have ended',
    ),
    reads(
      2,
      'inetSessionAliveContractList(contractId: int, servIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, trafficTypeIds?: int[], serviceIds?: int[], page?: page): result',
      'Открытые сессии договора',
      'Open sessions of a contract',
    ),
    reads(
      2,
      'inetSessionLogContractList(contractId: int, servIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, trafficTypeIds?: int[], serviceIds?: int[], page?: page): result',
      'Завершённые сессии договора',
      'Ended sessions of a contract',
    ),
    changes(
      2,
      'connectionClose(contractId: int, connectionId: long)',
      'Сбрасывает соединение договора',
      'Drops a connection of a contract',
    ),
    changes(2, 'connectionCloseOld(connectionId: long)', 'Сбрасывает соединение, прежняя форма', 'Drops a connection, earlier form'),
    changes(
      2,
      'connectionFinish(contractId: int, connectionId: long)',
      'Завершает соединение договора без команды устройству',
      'Ends a connection of a contract without telling the device',
    ),
    changes(2, 'connectionFinishOld(connectionId: long)', 'Завершает соединение, прежняя форма', 'Ends a connection, earlier form'),
    changes(
      2,
      'inetSessionExportSendToEmail(contractId: int, servIds?: int[], period?: period, trafficTypeIds?: int[], serviceIds?: int[], alive: boolean, format?: string, orderBy?: string, unit: long, emails?: string[])',
      'Отправляет отчёт о сессиях на почту',
      'Mails a report of sessions',
    ),
    reads(
      2,
      'inetSessionExportOld(contractId: int, servIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, trafficTypeIds?: int[], serviceIds?: int[], page?: page, arg7? (data): base64Binary, alive: boolean, format?: string): arg7 (data): base64Binary',
      'Отчёт о сессиях файлом, прежняя форма',
      'A report of sessions as a file, earlier form',
    ),
    reads(
      2,
      'inetSessionExport(contractId: int, servIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, trafficTypeIds?: int[], serviceIds?: int[], page?: page, arg7? (data): base64Binary, alive: boolean, format?: string, orderBy?: string, unit: long): arg7 (data): base64Binary',
      'Отчёт о сессиях файлом',
      'A report of sessions as a file',
    ),
    reads(
      2,
      'inetSessionLogContractListExport(contractId: int, servIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, trafficTypeIds?: int[], serviceIds?: int[], arg6? (data): base64Binary): arg6 (data): base64Binary',
      'Завершённые сессии договора файлом',
      'Ended sessions of a contract as a file',
    ),
    changes(
      2,
      'inetSessionDetail(id: long, sessionStart?: dateTime, email?: string)',
      'Отправляет на почту подробности сессии',
      'Mails the details of a session',
    ),
    changes(
      2,
      'inetSessionPeriodDetail(inetServId: int, dateFrom?: dateTime, dateTo?: dateTime, email?: string)',
      'Отправляет на почту подробности сервиса за период',
      'Mails the details of a service in a period',
    ),
    reads(
      2,
      'inetSessionTraffic(contractId: int, inetServIds?: int[], sessionId: int, trafficTypeIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, unit: long, byDay: boolean, continuous: boolean): trafficAmount[]',
      'Трафик договора по часам или дням',
      'Traffic of a contract by hours or days',
    ),
    reads(
      2,
      'inetSessionTrafficMax(contractId: int, inetServIds?: int[], dateFrom?: dateTime, dateTo?: dateTime, unit: long): trafficMaxDetailReport[]',
      'Наибольший трафик по часам',
      'The greatest traffic by hours',
    ),
    reads(
      2,
      'inetSessionTrafficRange(contractId: int, tariffOptionId: int, dateFrom?: dateTime, dateTo?: dateTime, unit: long): trafficRangeDetailReport[]',
      'Трафик по ступеням тарифной опции',
      'Traffic by the steps of a tariff option',
    ),
    reads(
      2,
      'inetContractTraffic(arg0 (contractId): int, arg1? (inetServIds): int[], arg2? (dateFrom): dateTime, arg3? (dateTo): dateTime, arg4? (trafficTypeIds): int[], arg5 (unit): int, arg6 (byDay): boolean): trafficAmount[]',
      'Трафик договора за период',
      'Traffic of a contract in a period',
    ),
    reads(
      2,
      'inetSessionAccountSums(contractId: int, inetServIds?: int[], period?: period, serviceIds?: int[], isActive: boolean): trafficAccountDetail',
      'Начисления за трафик по услугам',
      'Amounts accrued for traffic by services',
    ),
    reads(
      2,
      'connectionFind(arg0? (deviceIds): int[], arg1? (argument): string, arg2? (argument): string, arg3? (argument): string, arg4? (argument): string): pair',
      'Находит соединение по устройству и абоненту',
      'Finds a connection by device and subscriber',
    ),
    changes(
      2,
      'connectionRebind(arg0 (connectionId): long, arg1 (deviceId): int, arg2 (servId): int, arg3 (deviceState): short, arg4? (optionIds): int[])',
      'Переводит соединение на другой сервис',
      'Binds a connection to another service',
    ),
    changes(
      2,
      'connectionsStop(arg0 (deviceId): int, arg1 (timeout): long)',
      'Останавливает соединения устройства',
      'Stops the connections of a device',
    ),
  ],
});

export const accountingPeriodService = service({
  name: 'AccountingPeriodService',
  package: 'ru.bitel.bgbilling.modules.inet.api/{mid}',
  namespace: 'http://service.common.api.inet.modules.bgbilling.bitel.ru/',
  aliases: [{ package: 'ru.bitel.bgbilling.modules.inet/{mid}', name: 'AccountingPeriodService' }],
  operations: [
    reads(
      2,
      'periodList(arg0 (contractId): int): inetAccountingPeriod[]',
      'Расчётные периоды договора',
      'Accounting periods of a contract',
    ),
    changes(
      2,
      'periodUpdate(arg0? (accountingPeriod): inetAccountingPeriod): int',
      'Создаёт или меняет расчётный период',
      'Makes or changes an accounting period',
    ),
    changes(2, 'periodDelete(arg0 (accountingPeriodId): int)', 'Удаляет расчётный период', 'Removes an accounting period'),
    changes(
      2,
      'periodWrap(arg0? (accountingPeriod): inetAccountingPeriod, arg1 (cidTo): int, arg2? (date): dateTime)',
      'Завершает расчётный период и продолжает его на другом договоре',
      'Ends an accounting period and goes on with it on another contract',
    ),
  ],
});

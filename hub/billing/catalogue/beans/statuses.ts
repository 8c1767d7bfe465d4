import { beans } from '../bean-notation.ts';

/** Statuses and limits (catalogue 5 and 5.1). */
export const STATUS_BEANS = beans(
  'statuses and limits',
  `
  contractStatus: id { @contractId: int!, @dateFrom: dateTime, @dateTo: dateTime, @status: int!, comment: string }
  contractStatusChangeParameters {
      @canCancel: boolean!, @changeableStatuses: int list, @date: dateTime, @dateList: int list, @hasFutureChange: boolean!,
      @hasManyFutureChanges: boolean!
  }
  status: idTitle {}
  monitorStatusResult {
      cid: int, contractComment: string, contractTitile: string, saldo: string, status: string, statusDate: string,
      statusDateTo: string
  }
  contractLimitLog: id {
      comment: string, contractId: int, date: dateTime, days: int, limitValue: decimal, userId: int, userName: string
  }
  contractLimitAvto { date: dateTime, id: int, status: string, userId: int, value: decimal }
  contractLimitParameters {
      @groups: long!, @maxDays: int!, @maxExpiredForBlock: int!, @maxNotPayoffed: int!, @maxPartialPayoffed: int!,
      @maxSumm: decimal, @minDays: int!, @minLimit: decimal, @minSumm: decimal
  }
  contractLimitMovement: id { @amount: decimal, @dateFrom: dateTime, @dateTo: dateTime, @status: int! }
  contractStatusLogItem: id { date: dateTime, userId: int, status: int, dateFrom: date, dateTo: date, comment: string }
  contractStatusLogPage { list: contractStatusLogItem[], page: page }
  futureTask: id { date: date, statusId: int, comment: string }
`,
);

import { beans } from '../bean-notation.ts';

/** Balances, payments, charges, reserves, automatic payments (catalogue 5). */
export const MONEY_BEANS = beans(
  'money',
  `
  contractBalance {
      @accounts: decimal, @charges: decimal, @incomingSaldo: decimal, @month: int!, @payments: decimal, @reserve: decimal,
      @timestamp: long!, @year: int!
  }
  contractAccount { @contractId: int!, @date: dateTime, @serviceId: int!, @sum: decimal }
  balanceDetailItem {
      @comment: string, @contractTitle: string, @date: dateTime, @sum: decimal, @sumAfterChange: decimal, @title: string,
      @type: int!
  }
  balanceDistributeData { @amout: decimal, @contractId: int! }
  payment: abstractBalanceBean { @externalId: string, @source: string }
  abstract abstractBalanceBean: id {
      @contractId: int!, @date: dateTime, @sum: decimal, @summa: decimal, @timeChange: dateTime, @typeId: int!, @userId: int!,
      comment: string
  }
  paymentType: balanceBaseType {}
  balanceBaseType: idTitle { @editable: boolean!, @parentId: int, @type: int! }
  paymentTypeItem: abstractPaymentTypes {}
  abstractPaymentTypes: paymentType { children: abstractPaymentTypes[] }
  chargeType: balanceBaseType { @payback: boolean! }
  charge: abstractBalanceBean { @payback: boolean! }
  reserveType: idTitle { @used: boolean! }
  reserve: id { @comment: string, @contractId: int!, @dateClose: dateTime, @sum: decimal, @typeId: int!, period: period }
  autopayment: id {
      accessToken: string, contractId: int, data: string, mode: autopaymentMode, modeData: string, period: period, sum: decimal
  }
  contractAutopayment: id {
      contractId: int, moduleId: int, period: period, userFromId: int, userFromName: string, userToId: int, userToName: string
  }
  abstract contractAutopaymentMode { mode: autopaymentMode }
  contractAutopaymentModePeriodic: contractAutopaymentMode { day: int, sum: decimal, sumMax: decimal, sumMin: decimal }
  contractAutopaymentModeAuto: contractAutopaymentMode {
      daySum: decimal, daySumMax: decimal, monthSum: decimal, monthSumMax: decimal, weekSum: decimal, weekSumMax: decimal
  }
  enum autopaymentMode { OFF / WEEK / MONTH / AUTO }
`,
);

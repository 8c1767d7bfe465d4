import { beans } from '../bean-notation.ts';

/** Recurring fees, services by month, bills and their documents (catalogue 5 and 5.1). */
export const DOCUMENT_BEANS = beans(
  'fees and bills',
  `
  serviceObject {
      id: int, contractId: int, serviceId: int, objectId: int, col: int, serviceTitle: string, objectTitle: string, comment: string,
      date1: date, date2: date
  }
  rscmServiceData { @id: int!, @serviceId: int!, @serviceTitle: string, @unit: string }
  rscmContractService {
      serviceId: int, @amount: long!, @comment: string, @contractId: int!, @date: dateTime, @id: int!, @serviceTitle: string,
      @unit: string
  }
  billDocument: abstractBillDocument {
      @bankAccountId: int!, @paymentDate: dateTime, @paymentId: int!, @paymentUserId: int!, @status: int!, @unloadStatus: int!
  }
  abstractBillDocument: id {
      documentData: base64Binary, positionList: documentPosition[], @address: string, @contractComment: string, @contractId: int!,
      @contractTitle: string, @correction: int!, @dateCreated: dateTime, @documentSpecId: int!, @documentSpecTitle: string,
      @month: int!, @number: int!, @numberFormatted: string, @numberInMonth: int!, @numberInYear: int!, @numerationPoolId: int!,
      @recipient: string, @total: decimal, @userId: int!, @year: int!
  }
  documentPosition {
      extractPositions: documentPosition[], params > entry: stringEntry[], positionSpec: documentPositionSpec, @amount: decimal,
      @amountScaled: decimal, @amountUnscaled: decimal, @awlz: boolean!, @contractId: int!, @count: decimal,
      @countNumsAfterComma: int!, @countNumsRoundingMode: int!, @inTotal: boolean!, @name: string, @positionId: int!, @unit: string,
      @unitCode: string
  }
  documentPositionSpec: id {
      addWhenLessZero: boolean, amount: string, count: string, countNumsAfterComma: string, countNumsRoundingMode: string,
      extractor: string, inTotal: boolean, name: string, params > entry: stringEntry[], title: string, unit: string,
      unitCode: string
  }
  docType: idTitle {
      comment: string, createWhenLessOrEqZero: boolean, createWhenStronglyLessZero: boolean, NSubContractPositions: boolean,
      npid: int, pattern: string, positionList: int[], setupString: string, subContractPositions: boolean, type: int,
      xmlContractConsist: int[], xmlModulesConsist: int[], xmlPluginsConsist: int[]
  }
  bankAccount: idTitle {
      @account: string, @bankIdentificationCode: string, @bankTitle: string, @comment: string, @correspondentAccount: string,
      @groupMask: long!, @paymentType: string, @paymentTypeId: int!
  }
`,
);

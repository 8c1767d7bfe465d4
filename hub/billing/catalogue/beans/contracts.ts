import { beans } from '../bean-notation.ts';

/** Contracts and what hangs on them: notes, groups, objects, scripts, labels (catalogue 5 and 5.1). */
export const CONTRACT_BEANS = beans(
  'contracts',
  `
  contractHistoryRecord { contractComment: string, contractId: int, contractTitle: string, lastOpen: dateTime, userId: int }
  contract: idTitle {
      balanceLimit: decimal, balanceMode: byte, balanceSubMode: byte, comment: string, dateFrom: dateTime as day, dateTo: dateTime as day,
      dependSubList: string, domainId: int, groups: long, hidden: boolean, paramGroupId: int, password: string, personType: byte,
      status: byte, statusTimeChange: dateTime as day, superCid: int, titlePatternId: int,
      +sub: boolean, +super: boolean, +dependSub: boolean, +independSub: boolean
  }
  contractNote: idTitle { @contractId: int!, @dateTime: dateTime, @userId: int!, @visible: boolean!, comment: string }
  contractGroup: idTitle { enabled: boolean, notEditable: boolean }
  contractPatternNamedNumber: idTitle { @comment: string, @countNumber: int!, @index: int! }
  contractObject: abstractEntity { @contractId: int!, @dateFrom: dateTime, @dateTo: dateTime, @position: int!, @typeId: int! }
  contractCard { @id: string, @title: string, @titleEncode: string }
  contractNotification: idTitle { message: string, @contractId: int!, @dateTime: dateTime, @read: boolean! }
  contractScriptLog: globalScriptLog { @cid: int! }
  globalScriptLog { data: string, @date: dateTime, @title: string }
  additionalContractActionResult { report: string }
  additionalContractAction: idTitle { description: string }
  contractModuleConfig { contractId: int, contractTitle: string, key: string, value: string }
  contractCreateData {
      title: string, customTitle: string, password: string, patternId: int, contractSuperId: int, contractSubMode: int, dateFrom: date
  }
  contractInfo { json: string }
  labelItem: idTitle { parentId: int, selected: boolean, count: int }
`,
);

import { changes, reads, service } from '../operation-notation.ts';

// Recurring fees, services by month and bills (catalogue 4.7).

export const npayService = service({
  name: 'NPayService',
  package: 'ru.bitel.bgbilling.modules.npay/{mid}',
  namespace: 'http://service.common.npay.modules.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'serviceObjectList(contractId: int, objectId: int, entityModuleId: int, entityId: int, actualItemsOnly: boolean, actualItemsDate?: date): serviceObject[]',
      'Объекты абонплаты договора',
      'Objects of recurring fees of a contract',
    ),
    reads(1, 'serviceObjectGet(id: int): serviceObject', 'Объект абонплаты по номеру', 'An object of recurring fees by its number'),
    changes(
      1,
      'serviceObjectUpdate(contractId: int, serviceObject: serviceObject): int',
      'Создаёт или меняет объект абонплаты',
      'Makes or changes an object of recurring fees',
    ),
    changes(
      1,
      'serviceObjectDelete(contractId: int, serviceId (serviceObjectId): int)',
      'Удаляет объект абонплаты',
      'Removes an object of recurring fees',
    ),
  ],
});

export const rscmService = service({
  name: 'RSCMService',
  package: 'ru.bitel.bgbilling.modules.rscm/{mid}',
  namespace: 'http://service.common.rscm.modules.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'searchRSCMContractService(contractId: int, period?: period, sort?: string[], page?: page): searchResult',
      'Разовые и помесячные услуги договора',
      'Services by month or once of a contract',
    ),
    reads(
      2,
      'searchRSCMService(sort?: string[], page?: page): searchResult',
      'Услуги, начисляемые помесячно или разово',
      'Services that are charged by month or once',
    ),
    reads(
      2,
      'getRSCMContractService(contractId: int, rscmContractServiceId: int): rscmContractService',
      'Услуга договора по номеру записи',
      'A service of a contract by the number of the record',
    ),
    reads(2, 'getRSCMService(rscmServiceId: int): rscmServiceData', 'Услуга модуля по номеру', 'A service of the module by its number'),
    changes(
      2,
      'updateRSCMContractService(rscmContractService?: rscmContractService)',
      'Создаёт или меняет услугу договора',
      'Makes or changes a service of a contract',
    ),
    changes(
      2,
      'updateRSCMService(rscmService?: rscmServiceData)',
      'Создаёт или меняет услугу модуля',
      'Makes or changes a service of the module',
    ),
    changes(
      2,
      'deleteRSCMContractService(rscmContractServiceId: int, contractId: int, month?: dateTime)',
      'Удаляет услугу договора',
      'Removes a service of a contract',
    ),
    changes(2, 'deleteRSCMService(rscmServiceId: int)', 'Удаляет услугу модуля', 'Removes a service of the module'),
    changes(
      2,
      'recalculate(startMonth?: dateTime, email?: string, contractIds?: int[])',
      'Пересчитывает начисления с указанного месяца',
      'Accrues anew from a month on',
    ),
    reads(
      2,
      'getRSCMContractServiceList(isUsing: boolean): idTitle[]',
      'Услуги для выбора у договора',
      'Services to choose from for a contract',
    ),
    reads(2, 'getRSCMServiceList(): idTitle[]', 'Услуги для выбора в модуле', 'Services to choose from in the module'),
  ],
});

export const billService = service({
  name: 'BillService',
  package: 'ru.bitel.bgbilling.modules.bill/{mid}',
  namespace: 'http://service.common.bill.modules.bgbilling.bitel.ru/',
  carries: ['billDocument'],
  operations: [
    reads(2, 'billDocumentListForContract(contractId: int, page?: page): result', 'Счета договора', 'Bills of a contract'),
    changes(2, 'billDocumentDelete(contractId: int, id: int, customer: boolean)', 'Удаляет счёт', 'Removes a bill'),
    reads(
      2,
      'documentSpecListForCustomer(contractId: int): docType[]',
      'Виды документов, доступные клиенту',
      'Kinds of documents that the customer may have',
    ),
    reads(2, 'bankAccountList(): bankAccount[]', 'Банковские счета поставщика', 'Bank accounts of the provider'),
    reads(
      2,
      'templateDocumentPositionList(contractId: int, documentSpecId: int, year: int, month: int): documentPosition[]',
      'Позиции, из которых составляется документ',
      'Positions that a document is made of',
    ),
    changes(
      2,
      'billDocumentCreate(contractId: int, documentSpecId: int, bankAccountId: int, year: int, month: int, documentPositionList?: documentPosition[]): int',
      'Выставляет счёт',
      'Makes a bill',
    ),
    reads(2, 'billDocumentDownload(contractId: int, id: int): name: string; data: base64Binary', 'Счёт файлом', 'A bill as a file'),
    reads(
      2,
      'invoiceDocumentListForContract(contractId: int, onlyReady: boolean, page?: page): result',
      'Акты и счета-фактуры договора',
      'Invoices of a contract',
    ),
    reads(
      2,
      'invoiceDocumentDownload(arg0 (contractId): int, arg1 (documentId): int, arg2? (name): string, arg3? (data): base64Binary): arg2 (name): string; arg3 (data): base64Binary',
      'Счёт-фактура файлом',
      'An invoice as a file',
    ),
  ],
});

export const docTypeService = service({
  name: 'DocTypeService',
  package: 'ru.bitel.bgbilling.modules.bill/{mid}',
  namespace: 'http://service.common.bill.modules.bgbilling.bitel.ru/',
  operations: [
    changes(2, 'deleteDocType(arg0 (docTypeId): int)', 'Удаляет вид документа', 'Removes a kind of document'),
    reads(2, 'getDocType(arg0 (docTypeId): int): docType', 'Вид документа по номеру', 'A kind of document by its number'),
    reads(2, 'docTypeList(arg0 (docTypeType): int): docType[]', 'Виды документов', 'Kinds of documents'),
    reads(
      2,
      'docTypeListForContract(arg0 (contractId): int, arg1 (docTypeType): int): docType[]',
      'Виды документов, доступные договору',
      'Kinds of documents that a contract may have',
    ),
    reads(
      2,
      'listPositions(arg0 (docTypeId): int): idTitle[]',
      'Позиции, которые может содержать документ',
      'Positions that a document can hold',
    ),
    changes(2, 'updateDocType(arg0? (docType): docType)', 'Создаёт или меняет вид документа', 'Makes or changes a kind of document'),
    reads(2, 'xmlComposition(): mapHolder', 'Из чего составляется XML документа', 'What the XML of a document is made of'),
  ],
});

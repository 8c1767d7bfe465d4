import { changes, reads, service } from '../operation-notation.ts';

// What contracts have and are described by (catalogue 4.1).

export const contractParameterService = service({
  name: 'ContractParameterService',
  package: 'ru.bitel.bgbilling.kernel.contract.param',
  namespace: 'http://service.common.param.contract.kernel.bgbilling.bitel.ru/',
  aliases: [
    { package: 'ru.bitel.bgbilling.kernel.contract.api', name: 'ContractParameterService' },
    { package: 'ru.bitel.bgbilling.kernel.contract.param', name: 'ContractParameterServiceOld' },
  ],
  operations: [
    reads(
      1,
      'getContractParameterPref(paramId: int): contractParameterPref',
      'Описание параметра договора',
      'The description of a contract parameter',
    ),
    reads(
      1,
      'getContractParameterPrefList(paramType: int): contractParameterPref[]',
      'Описания параметров одного вида',
      'Descriptions of the parameters of one kind',
    ),
    reads(
      1,
      'contractParameterListItemList(parameterTypeId: int): idTitle[]',
      'Значения списка, из которых выбирается параметр',
      'The items that a list parameter is chosen from',
      { since: '9.x' },
    ),
    changes(
      2,
      'updateContractParametersPref(paramPref?: contractParameterPref): int',
      'Создаёт или меняет описание параметра',
      'Makes or changes the description of a parameter',
    ),
    changes(
      2,
      'deleteContractParameterPref(paramPrefId: int): int',
      'Удаляет описание параметра',
      'Removes the description of a parameter',
    ),
    changes(
      2,
      'moveContractParameterPref(paramPrefId: int, direction: boolean)',
      'Двигает параметр вверх или вниз по порядку',
      'Moves a parameter up or down in their order',
    ),
  ],
});

export const contractNoteService = service({
  name: 'ContractNoteService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'contractNoteList(contractId: int, customer: boolean): contractNote[]',
      'Заметки договора, все или видимые клиенту',
      'Notes of a contract, all or those the customer sees',
    ),
    changes(1, 'contractNoteDelete(contractId: int, id: int)', 'Удаляет заметку', 'Removes a note'),
    changes(
      1,
      'contractNoteUpdate(contractId: int, contractNote?: contractNote): int',
      'Создаёт или меняет заметку и отвечает её номером',
      'Makes or changes a note and answers its number',
    ),
    reads(
      1,
      'contractNoteGet(contractId: int, id: int): contractNote',
      'Заметка договора по номеру',
      'A note of a contract by its number',
      { since: '8.x' },
    ),
    reads(
      1,
      'getContractNote(contractNoteId: int): contractNote',
      'Заметка по номеру, без номера договора',
      "A note by its number, without the contract's",
      { since: '9.x' },
    ),
  ],
});

export const contractGroupService = service({
  name: 'ContractGroupService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'contractGroupList(all: boolean, order?: string): contractGroup[]',
      'Группы договоров, все или включённые',
      'Groups of contracts, all or those in use',
    ),
    reads(1, 'contractGroupGet(id: int): contractGroup', 'Группа договоров по номеру', 'A group of contracts by its number'),
    changes(
      1,
      'contractGroupUpdate(contractGroup?: contractGroup)',
      'Создаёт или меняет группу договоров',
      'Makes or changes a group of contracts',
    ),
    changes(2, 'contractGroupDelete(id: int)', 'Удаляет группу договоров', 'Removes a group of contracts'),
  ],
});

export const contractPatternService = service({
  name: 'ContractPatternService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'numedNumberPatternList(): contractPatternNamedNumber[]',
      'Именованные счётчики номеров договоров',
      'Named counters for contract numbers',
    ),
    changes(
      2,
      'updateNamedNumber(namedNumber?: contractPatternNamedNumber)',
      'Создаёт или меняет именованный счётчик',
      'Makes or changes a named counter',
    ),
    reads(
      2,
      'getNextNamedNumberIndex(title?: string): int',
      'Следующее значение именованного счётчика',
      'The next value of a named counter',
    ),
    changes(2, 'deleteNamedNumber(id: int)', 'Удаляет именованный счётчик', 'Removes a named counter'),
  ],
});

export const contractObjectService = service({
  name: 'ContractObjectService',
  package: 'ru.bitel.bgbilling.kernel.contract.object',
  namespace: 'http://service.common.object.contract.kernel.bgbilling.bitel.ru/',
  operations: [reads(2, 'contractObjectList(contractId: int): contractObject[]', 'Объекты договора', 'Objects of a contract')],
});

export const contractLabelService = service({
  name: 'ContractLabelService',
  package: 'ru.bitel.bgbilling.kernel.contract.label',
  namespace: 'http://service.common.label.contract.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      2,
      'getContractLabelTreeItemList(contractId: int, calcCount: boolean): labelItem[]',
      'Дерево меток с отметками договора',
      "The tree of labels, with the contract's marked",
      { since: '9.2' },
    ),
    reads(2, 'getContractLabelIds(contractId: int): int[]', 'Номера меток договора', "Numbers of a contract's labels", { since: '9.2' }),
    changes(2, 'setContractLabelIds(contractId: int, contractLabelsIds: int[])', 'Задаёт метки договора', 'Sets the labels of a contract', {
      since: '9.2',
    }),
  ],
});

export const contractModuleConfigService = service({
  name: 'ContractModuleConfigService',
  package: 'ru.bitel.bgbilling.kernel.contract.config',
  namespace: 'http://service.common.config.contract.kernel.bgbilling.bitel.ru/',
  carries: ['contractModuleConfig'],
  operations: [
    reads(
      2,
      'getKeyList(moduleId: int): string[]',
      'Ключи настройки модуля, заданные у договоров',
      "Keys of a module's configuration that contracts have",
    ),
    reads(
      2,
      'searchContractModuleConfig(moduleId: int, contractTitle?: string, keys?: string[], sort?: string[], page?: page): searchResult',
      'Договоры с настройками модуля',
      'Contracts with a configuration of a module',
    ),
  ],
});

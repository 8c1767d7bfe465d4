export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

type Row = { severity: Severity; en: string; ru: string };

/** Every finding of the reader and of the check across files: how grave it is and what it says. `{name}` stands for a value of `args`. */
export const FINDING_TABLE = {
  // the file and its XML
  UNREADABLE: { severity: 'error', en: 'the file cannot be read: {why}', ru: 'файл не читается: {why}' },
  EMPTY: { severity: 'error', en: 'the file holds no XML document', ru: 'в файле нет документа XML' },
  NO_TICKETS: { severity: 'warning', en: 'the file holds no TICKET element', ru: 'в файле нет ни одного элемента TICKET' },
  TOO_LARGE: {
    severity: 'error',
    en: 'the file has {size} bytes; only the first {limit} are read',
    ru: 'размер файла {size} байт; прочитаны только первые {limit}',
  },
  TOO_DEEP: { severity: 'error', en: 'elements are nested deeper than {limit} levels', ru: 'вложенность элементов больше {limit} уровней' },
  TOO_MANY_ATTRIBUTES: { severity: 'error', en: 'an element has more than {limit} attributes', ru: 'у элемента больше {limit} атрибутов' },
  TICKET_TOO_LARGE: {
    severity: 'error',
    en: 'this TICKET has more than {limit} elements or attributes and is left out',
    ru: 'в этом элементе TICKET больше {limit} элементов или атрибутов, он пропущен',
  },
  TOO_MANY_TICKETS: {
    severity: 'error',
    en: 'the file has more than {limit} TICKET elements; the rest is not read',
    ru: 'в файле больше {limit} элементов TICKET; остальные не прочитаны',
  },
  TOO_MANY_DOCUMENTS: {
    severity: 'error',
    en: 'more than {limit} XML documents one after the other in the file; the rest is not read',
    ru: 'в файле больше {limit} документов XML подряд; остальные не прочитаны',
  },
  TOO_MANY_FAULTS: {
    severity: 'error',
    en: 'more than {limit} damaged documents in the file; the rest is not read',
    ru: 'в файле больше {limit} повреждённых документов; остальное не прочитано',
  },
  DOCTYPE: {
    severity: 'error',
    en: 'DOCTYPE and entity declarations are not allowed; the document is refused',
    ru: 'объявления DOCTYPE и сущностей не допускаются; документ отклонён',
  },
  ENTITY: {
    severity: 'error',
    en: 'unknown or malformed reference; allowed are &amp; &lt; &gt; &quot; &apos; and numeric references of XML characters',
    ru: 'неизвестная или неверная ссылка; допустимы &amp; &lt; &gt; &quot; &apos; и числовые ссылки на символы XML',
  },
  MALFORMED: { severity: 'error', en: 'this is not well-formed XML: {why}', ru: 'нарушен синтаксис XML: {why}' },
  TRUNCATED: { severity: 'error', en: 'the document breaks off before its end', ru: 'документ обрывается, не дойдя до конца' },
  BROKEN_TEXT: {
    severity: 'error',
    en: 'bytes that are not valid {encoding}; they were replaced by U+FFFD',
    ru: 'байты не являются текстом {encoding}; они заменены на U+FFFD',
  },
  ENCODING_GUESSED: {
    severity: 'warning',
    en: 'no encoding is declared and the bytes are not UTF-8; read as windows-1251',
    ru: 'кодировка не объявлена, и это не UTF-8; файл прочитан как windows-1251',
  },
  ENCODING_MISMATCH: {
    severity: 'warning',
    en: 'the declaration says {declared}, but the bytes are {encoding}',
    ru: 'объявлена кодировка {declared}, но байты в кодировке {encoding}',
  },
  ENCODING_UNKNOWN: {
    severity: 'warning',
    en: 'the declared encoding {declared} is not supported; read as {encoding}',
    ru: 'объявленная кодировка {declared} не поддерживается; файл прочитан как {encoding}',
  },
  CONCATENATED: {
    severity: 'warning',
    en: 'another XML document begins here, after the end of the one before',
    ru: 'здесь начинается ещё один документ XML, после конца предыдущего',
  },
  TEXT_OUTSIDE: { severity: 'warning', en: 'text outside of the document was skipped', ru: 'пропущен текст вне документа' },
  ROOT_NAME: { severity: 'warning', en: 'the root element is {name} instead of TICKETS', ru: 'корневой элемент {name} вместо TICKETS' },
  SEVERAL_TICKETS: { severity: 'info', en: 'several TICKET elements in one document', ru: 'несколько элементов TICKET в одном документе' },
  // the content of a TICKET
  UNKNOWN_ELEMENT: { severity: 'info', en: 'unknown element {name}, kept as it is', ru: 'неизвестный элемент {name}, сохранён как есть' },
  UNKNOWN_ATTRIBUTE: {
    severity: 'info',
    en: 'unknown attribute {name}, kept as it is',
    ru: 'неизвестный атрибут {name}, сохранён как есть',
  },
  UNKNOWN_TEXT: {
    severity: 'info',
    en: 'text where only elements are expected, kept as it is',
    ru: 'текст там, где ожидаются только элементы, сохранён как есть',
  },
  EXTRA_CUT: {
    severity: 'warning',
    en: 'more than {limit} unknown values in one TICKET; the rest is left out',
    ru: 'больше {limit} неизвестных значений в одном TICKET; остальные пропущены',
  },
  REPEATED: { severity: 'warning', en: '{name} occurs again; the first one counts', ru: '{name} повторяется; учтено первое значение' },
  MISSING: { severity: 'warning', en: '{name} is missing', ru: 'нет элемента {name}' },
  NO_NUMBER: {
    severity: 'warning',
    en: 'no document number (BSONUM or TICKNUM); the record is known by file name and position',
    ru: 'нет номера документа (BSONUM или TICKNUM); запись определяется именем файла и местом в нём',
  },
  NUMBER_CLEANED: {
    severity: 'info',
    en: 'spaces and hyphens were removed from the number "{value}"',
    ru: 'из номера «{value}» удалены пробелы и дефисы',
  },
  OTHER_VALUE: { severity: 'info', en: '{name} has the unusual value "{value}"', ru: 'необычное значение {name}: «{value}»' },
  DATE_PADDED: {
    severity: 'warning',
    en: 'the date "{value}" has 7 digits; read as 0{value}',
    ru: 'в дате «{value}» 7 цифр; прочитана как 0{value}',
  },
  BAD_DATE: { severity: 'error', en: '"{value}" is not a date DDMMYYYY', ru: '«{value}» не является датой ДДММГГГГ' },
  TIME_PADDED: {
    severity: 'warning',
    en: 'the time "{value}" has fewer than 4 digits; read as {read}',
    ru: 'во времени «{value}» меньше 4 цифр; прочитано как {read}',
  },
  BAD_TIME: { severity: 'error', en: '"{value}" is not a time HHMM', ru: '«{value}» не является временем ЧЧММ' },
  AMOUNT_CLEANED: { severity: 'info', en: 'the amount "{value}" was read as {read}', ru: 'сумма «{value}» прочитана как {read}' },
  NEGATIVE: {
    severity: 'warning',
    en: 'the amount {value} is negative; OPTYPE should give the direction',
    ru: 'сумма {value} отрицательна; направление должен задавать OPTYPE',
  },
  BAD_AMOUNT: {
    severity: 'error',
    en: '"{value}" is not a decimal number such as 83.30',
    ru: '«{value}» не является десятичным числом вида 83.30',
  },
  BAD_COUNT: { severity: 'error', en: '"{value}" is not a whole number', ru: '«{value}» не является целым числом' },
  BAD_FLAG: {
    severity: 'warning',
    en: '"{value}" is neither true (T) nor false (F); read as false',
    ru: '«{value}» не является ни истиной (T), ни ложью (F); прочитано как ложь',
  },
  // across files
  DUPLICATE: { severity: 'warning', en: 'the same record as in {other}', ru: 'та же запись, что в {other}' },
  // No error: a refund that was voided may be followed by another one, under the same identity.
  DUPLICATE_DIFFERS: {
    severity: 'warning',
    en: 'the same number, OPTYPE and TRANS_TYPE as in {other}, but other content',
    ru: 'номер, OPTYPE и TRANS_TYPE те же, что в {other}, но содержание другое',
  },
  EXCHANGE_PARTNER: {
    severity: 'warning',
    en: 'the exchanged document {number} (EX_BSONUM) is not among the files',
    ru: 'обменянного документа {number} (EX_BSONUM) нет среди файлов',
  },
  OWNER_PARTNER: {
    severity: 'warning',
    en: 'the document {number} to which this one belongs (TO_BSONUM) is not among the files',
    ru: 'документа {number}, к которому относится этот (TO_BSONUM), нет среди файлов',
  },
  LINK_SELF: { severity: 'error', en: '{name} names the document itself', ru: '{name} указывает на сам документ' },
  COUPON_SUM: {
    severity: 'warning',
    en: 'the coupons add up to {sum}, but FARE is {expected}',
    ru: 'сумма купонов {sum}, а FARE {expected}',
  },
  PAYMENT_SUM: {
    severity: 'warning',
    en: 'the forms of payment add up to {sum}, but {of} is {expected}',
    ru: 'сумма форм оплаты {sum}, а {of} {expected}',
  },
  SEQUENCE_GAP: {
    severity: 'warning',
    en: 'file names of this folder lack the sequence numbers {from} to {to} ({count})',
    ru: 'в именах файлов папки нет номеров {from}–{to} ({count})',
  },
  SEQUENCE_REPEATED: {
    severity: 'warning',
    en: 'the sequence number {from} occurs in the names of {count} files of this folder',
    ru: 'порядковый номер {from} встречается в именах файлов папки: {count}',
  },
} as const satisfies Record<string, Row>;

export type FindingCode = keyof typeof FINDING_TABLE;

/** The kinds of parameters, by their code in actions, `pt` (catalogue 7). */
export type Kind = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

interface KindNames {
  /** What a refusal calls it. */
  readonly russian: string;
  readonly english: string;
  /** Code of the attribute type among entities; they are others than `pt`. */
  readonly attributeType: number;
  readonly typeName: string;
  /** Name in `contractParameterPrefType`. */
  readonly preference: string;
}

const names = (russian: string, english: string, attributeType: number, typeName: string, preference: string): KindNames => ({
  russian,
  english,
  attributeType,
  typeName,
  preference: `TYPE_${preference}`,
});

export const KINDS: Readonly<Record<Kind, KindNames>> = {
  1: names('текст', 'text', 1, 'Text', 'TEXT'),
  2: names('адрес', 'address', 8, 'Address', 'ADDRESS'),
  3: names('e-mail', 'e-mail', 9, 'Email', 'EMAIL'),
  4: names('обслуживающий', 'serviced by', 32, 'Person', 'SERVICING_PERSON'),
  5: names('флаг', 'flag', 3, 'Boolean', 'FLAG'),
  6: names('дата', 'date', 5, 'Date', 'DATE'),
  7: names('список', 'list', 4, 'List', 'LIST'),
  8: names('договор', 'contract', 31, 'Contract', 'CONTRACT_REF'),
  9: names('телефон', 'phone', 10, 'Phone', 'PHONE'),
  10: names('разделитель', 'separator', 0, 'Separator', 'SEPARATOR'),
  11: names('мультисписок', 'several of a list', 11, 'MultiList', 'MULTILIST'),
};

/** A separator only parts the others on a form. */
export const SEPARATOR: Kind = 10;

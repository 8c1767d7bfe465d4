import type { StaticKind } from './static-kinds.ts';

/**
 * The XML of @Before and @After: for each kind the root and its elements in order (spec 2.9; the first three shapes are the source's samples).
 * This table is the one place of names, order, spelling of empty elements and of what is personal data.
 */
export interface Shape {
  readonly root: 'SimpleMetaDictionary' | 'SimpleMetaCode' | 'Person' | 'Document' | 'Contact' | 'MileCard';
  readonly elements: readonly string[];
  /** Elements that hold personal data. */
  readonly sensitive: readonly string[];
}

const RELATION = ['id_Relation', 'Type'];
const DICTIONARY_HEAD = ['id_MetaDictionary', 'id_RealMetaDictionary', 'id_MetaDictionaryType', 'id_BindingType', 'Name', 'NameLatin'];
const DICTIONARY_TAIL = ['id_Group', 'Tag', 'SelectorMode', 'SequenceNumber', 'ValidationRegex', 'ValidationText', 'ValidationTextLatin'];
const DICTIONARY = [...DICTIONARY_HEAD, ...DICTIONARY_TAIL];
const CODE_TAIL = ['Name', 'NameLatin', 'Tag', 'CodeValue', 'id_MetaDictionary'];
const CODE_RELATION = ['id_MetaCode', ...RELATION, ...CODE_TAIL];

const dictionary = (...elements: string[]): Shape => ({ root: 'SimpleMetaDictionary', elements, sensitive: [] });
const code = (...elements: string[]): Shape => ({ root: 'SimpleMetaCode', elements, sensitive: [] });

const NAMES = ['LastName', 'FirstName', 'SurName', 'LastNameLatin', 'FirstNameLatin', 'SurNameLatin'];

export const SHAPES: Readonly<Record<StaticKind, Shape>> = {
  MetaDictionaryOnReserveTypeDependency: dictionary(...RELATION, ...DICTIONARY),
  MetaDictionaryOnCodeDependency: dictionary(...RELATION, ...DICTIONARY),
  MetaDictionaryForOrganization: dictionary(...RELATION, ...DICTIONARY, 'id_Organization'),
  SimpleMetaDictionary: dictionary(...DICTIONARY),
  MetaCodeOnCodeDependency: code(...CODE_RELATION),
  MetaCodeOnReserveTypeDependency: code(...CODE_RELATION, 'ReserveType'),
  MetaCodeOnOrganizationDependency: code(...CODE_RELATION, 'id_Organization'),
  MetaCodeForPerson: code(...CODE_RELATION, 'id_Person'),
  SimpleMetaCode: code('id_MetaCode', ...CODE_TAIL),
  Person: {
    root: 'Person',
    elements: ['id_Person', ...NAMES, 'BirthDate', 'Gender', 'id_Country', 'id_Organization', 'OuterId'],
    sensitive: [...NAMES, 'BirthDate'],
  },
  // The patronymic is MiddleName here and SurName in a person: so it was observed.
  Document: {
    root: 'Document',
    elements: [
      ...['id_Document', 'id_Person', 'id_DocumentType', 'id_Country', 'Number', 'LastName', 'FirstName', 'MiddleName'],
      ...['IssueDate', 'ExpiryDate'],
    ],
    sensitive: ['Number', 'LastName', 'FirstName', 'MiddleName', 'IssueDate', 'ExpiryDate'],
  },
  Contact: { root: 'Contact', elements: ['id_Contact', 'id_Person', 'id_ContactType', 'Content'], sensitive: ['Content'] },
  MileCard: { root: 'MileCard', elements: ['id_Card', 'id_Person', 'Number', 'AirlineCode', 'OuterId'], sensitive: ['Number', 'OuterId'] },
};

/** Elements that are `0` when they have no value; all others are empty then. None is ever left out. */
const ZERO = new Set([
  ...['id_MetaDictionary', 'id_MetaDictionaryType', 'id_BindingType', 'id_Group', 'SelectorMode', 'SequenceNumber', 'id_MetaCode'],
]);

/** What XML 1.0 cannot carry, in any spelling. Halves of characters are among them: with the flag u they match only when alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu;
const SPECIAL = /[&<>]/g;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const textOf = (value: string): string => value.replace(FORBIDDEN, '').replace(SPECIAL, (sign) => ESCAPES[sign] ?? '');

interface CompiledElement {
  readonly name: string;
  readonly open: string;
  readonly close: string;
  readonly absent: string;
}

const compiled = new Map(
  (Object.keys(SHAPES) as StaticKind[]).map((kind) => [
    kind,
    SHAPES[kind].elements.map(
      (name): CompiledElement => ({
        name,
        open: `<${name}>`,
        close: `</${name}>`,
        absent: ZERO.has(name) ? `<${name}>0</${name}>` : `<${name} />`,
      }),
    ),
  ]),
);

/** The fields of an object by the names of their elements; further ones are passed over. */
export type XmlFields = Readonly<Record<string, unknown>>;

/**
 * The fragment of one object: one root, no declaration, nothing between elements.
 * @example renderFragment('Contact', { id_Contact: 5, id_Person: 1, id_ContactType: 2, Content: 'a@b.ru' })
 */
export function renderFragment(kind: StaticKind, fields: XmlFields): string {
  const { root } = SHAPES[kind];
  let xml = `<${root}>`;
  for (const { name, open, close, absent } of compiled.get(kind) ?? []) {
    const value = fields[name];
    const text = typeof value === 'string' ? textOf(value) : typeof value === 'number' ? String(value) : '';
    xml += text === '' ? absent : open + text + close;
  }
  return `${xml}</${root}>`;
}

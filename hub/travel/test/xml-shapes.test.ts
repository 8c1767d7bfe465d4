import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RELATION_KINDS, type StaticKind } from '../static-kinds.ts';
import { renderFragment, SHAPES } from '../xml-shapes.ts';

const KINDS = Object.keys(SHAPES) as StaticKind[];
const HEAD = '<id_MetaDictionary>0</id_MetaDictionary><id_RealMetaDictionary /><id_MetaDictionaryType>0</id_MetaDictionaryType>';
const TAIL =
  '<id_BindingType>0</id_BindingType><Name /><NameLatin /><id_Group>0</id_Group><Tag /><SelectorMode>0</SelectorMode>' +
  '<SequenceNumber>0</SequenceNumber><ValidationRegex /><ValidationText /><ValidationTextLatin />';

describe('the samples of the source, byte for byte', () => {
  test('a dictionary that depends on a kind of service', () => {
    expect(renderFragment('MetaDictionaryOnReserveTypeDependency', { Type: 'Relate' })).toBe(
      `<SimpleMetaDictionary><id_Relation /><Type>Relate</Type>${HEAD}${TAIL}</SimpleMetaDictionary>`,
    );
  });

  test('a dictionary that depends on a code', () => {
    expect(renderFragment('MetaDictionaryOnCodeDependency', {})).toBe(
      `<SimpleMetaDictionary><id_Relation /><Type />${HEAD}${TAIL}</SimpleMetaDictionary>`,
    );
  });

  test('a code that depends on a code', () => {
    expect(renderFragment('MetaCodeOnCodeDependency', {})).toBe(
      '<SimpleMetaCode><id_MetaCode>0</id_MetaCode><id_Relation /><Type /><Name /><NameLatin /><Tag /><CodeValue />' +
        '<id_MetaDictionary>0</id_MetaDictionary></SimpleMetaCode>',
    );
  });
});

test('the other kinds have their elements in the order of the specification', () => {
  const names = (kind: StaticKind) =>
    [...renderFragment(kind, {}).matchAll(/<(\w+)(?: \/>|>0<)/g)].map((match) => match[1] ?? '').join(', ');
  const dictionary =
    'id_MetaDictionary, id_RealMetaDictionary, id_MetaDictionaryType, id_BindingType, Name, NameLatin, id_Group, Tag, SelectorMode, ' +
    'SequenceNumber, ValidationRegex, ValidationText, ValidationTextLatin';
  const code = 'id_MetaCode, id_Relation, Type, Name, NameLatin, Tag, CodeValue, id_MetaDictionary';
  expect(Object.fromEntries(KINDS.map((kind) => [kind, names(kind)]))).toEqual({
    MetaDictionaryOnReserveTypeDependency: `id_Relation, Type, ${dictionary}`,
    MetaDictionaryOnCodeDependency: `id_Relation, Type, ${dictionary}`,
    MetaDictionaryForOrganization: `id_Relation, Type, ${dictionary}, id_Organization`,
    SimpleMetaDictionary: dictionary,
    MetaCodeOnCodeDependency: code,
    MetaCodeOnReserveTypeDependency: `${code}, ReserveType`,
    MetaCodeOnOrganizationDependency: `${code}, id_Organization`,
    MetaCodeForPerson: `${code}, id_Person`,
    SimpleMetaCode: 'id_MetaCode, Name, NameLatin, Tag, CodeValue, id_MetaDictionary',
    Person:
      'id_Person, LastName, FirstName, SurName, LastNameLatin, FirstNameLatin, SurNameLatin, BirthDate, Gender, id_Country, id_Organization, OuterId',
    Document: 'id_Document, id_Person, id_DocumentType, id_Country, Number, LastName, FirstName, MiddleName, IssueDate, ExpiryDate',
    Contact: 'id_Contact, id_Person, id_ContactType, Content',
    MileCard: 'id_Card, id_Person, Number, AirlineCode, OuterId',
  });
  expect(KINDS).toHaveLength(13);
  expect(RELATION_KINDS.every((kind) => /<(id_Relation|id_MetaCode)/.test(renderFragment(kind, {})))).toBe(true);
});

describe('values', () => {
  test('are escaped as text and nothing more', () => {
    expect(renderFragment('Contact', { id_Contact: 5, id_Person: 1, id_ContactType: 2, Content: `a&b<c>"d'@id_Reserve]]>` })).toBe(
      `<Contact><id_Contact>5</id_Contact><id_Person>1</id_Person><id_ContactType>2</id_ContactType><Content>a&amp;b&lt;c&gt;"d'@id_Reserve]]&gt;</Content></Contact>`,
    );
  });

  test('lose what XML cannot carry, and are empty when nothing is left', () => {
    const content = (Content: string) => /<Content.*?(?:\/>|<\/Content>)/s.exec(renderFragment('Contact', { Content }))?.[0];
    expect(content('a\u0001b\u0000c\u000bd\ufffee\uffff\ud800f\udc00')).toBe('<Content>abcdef</Content>');
    expect(content('\u0002')).toBe('<Content />');
    expect(content('a\tb\nc😀漢')).toBe('<Content>a\tb\nc😀漢</Content>');
  });

  test('of any text keep the shape: one root, each element once, nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.string({ unit: 'binary' }), (kind, text) => {
        const { root, elements } = SHAPES[kind];
        const xml = renderFragment(kind, Object.fromEntries(elements.map((name) => [name, text])));
        const inner = elements.map((name) => `<${name}(?: />|>[^<>]*</${name}>)`).join('');
        expect(xml).toMatch(new RegExp(`^<${root}>${inner}</${root}>$`));
        expect(xml.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('that are personal are named as elements of their shape', () => {
    for (const kind of KINDS) expect(SHAPES[kind].elements).toEqual(expect.arrayContaining([...SHAPES[kind].sensitive]));
    expect(SHAPES.Person.sensitive).toContain('BirthDate');
    expect(SHAPES.SimpleMetaCode.sensitive).toEqual([]);
  });
});

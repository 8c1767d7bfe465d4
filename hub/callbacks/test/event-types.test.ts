import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chooseFacet, ORDER_EVENT_TYPES, STATIC_ACTIONS, STATIC_KINDS, TEST_EVENT_TYPE } from '../event-types.ts';

const every = (): boolean => true;

test('the facet of highest precedence among the selected ones is sent (3.1)', () => {
  const facets = ['ReserveStateChanged', 'ReserveIssued', 'ComplexReserveStateChanged'];
  expect(chooseFacet(facets, every)).toBe('ComplexReserveStateChanged');
  expect(chooseFacet(facets, (name) => name !== 'ComplexReserveStateChanged')).toBe('ReserveIssued');
  expect(chooseFacet(facets, (name) => name === 'ReserveStateChanged')).toBe('ReserveStateChanged');
  expect(chooseFacet(facets, () => false)).toBeUndefined();
  expect(chooseFacet([], every)).toBeUndefined();
  expect(chooseFacet(['Nope'], every)).toBeUndefined();
});

test('the table is in the order of precedence, each name once, with the defaults of 3.2', () => {
  const precedences = ORDER_EVENT_TYPES.flatMap(({ precedence }) => precedence ?? []);
  expect(precedences).toEqual(precedences.toSorted((a, b) => a - b));
  expect(new Set(ORDER_EVENT_TYPES.map(({ name }) => name)).size).toBe(ORDER_EVENT_TYPES.length);
  expect(ORDER_EVENT_TYPES.filter(({ selected }) => selected).map(({ name }) => name)).toEqual([
    'ComplexReserveStateChanged',
    'ReserveCreated',
    'ReserveIssued',
    'ReserveCanceled',
    'ReserveStateChanged',
    'ReservePriceChanged',
    'ReserveFileAdded',
  ]);
  expect(TEST_EVENT_TYPE).toMatchObject({ name: 'CallbackTest', selected: false });
});

test('the thirteen kinds and four actions of the static family', () => {
  expect(STATIC_KINDS.map(({ name }) => name)).toEqual([
    'MetaDictionaryOnReserveTypeDependency',
    'MetaDictionaryOnCodeDependency',
    'MetaCodeOnCodeDependency',
    'MetaCodeOnReserveTypeDependency',
    'MetaCodeOnOrganizationDependency',
    'MetaDictionaryForOrganization',
    'MetaCodeForPerson',
    'SimpleMetaDictionary',
    'SimpleMetaCode',
    'Person',
    'MileCard',
    'Document',
    'Contact',
  ]);
  expect(STATIC_ACTIONS).toEqual(['create', 'update', 'delete', 'save']);
});

test('spec 10: the names of event types and the epoch of ticks stand in one file of the module each', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = globSync('**/*.ts', { cwd: root, exclude: (path) => /(^|[\\/])test$/.test(path) });
  const holding = (pattern: RegExp): string[] => files.filter((path) => pattern.test(readFileSync(`${root}/${path}`, 'utf8')));
  for (const { name } of ORDER_EVENT_TYPES) expect(holding(new RegExp(`['"\`]${name}['"\`]`)), name).toEqual(['event-types.ts']);
  expect(holding(/621_?355_?968_?000_?000_?000/)).toEqual(['ticks.ts']);
});

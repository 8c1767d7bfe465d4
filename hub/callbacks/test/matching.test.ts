import { describe, expect, test } from 'vitest';
import type { EndpointSettings } from '../endpoint.ts';
import { ORDER_EVENT_TYPES, STATIC_KINDS } from '../event-types.ts';
import type { Family } from '../family.ts';
import { type KnownOrganization, match, selectionOf, sightOf } from '../matching.ts';
import { profileSettings } from '../profiles.ts';

// Agencies 1 and 2; clients 11 and 12 of 1, 111 under 11; client 21 of 2; client 30 of nobody.
const KNOWN = new Map<number, KnownOrganization>([
  [1, { kind: 'agency', parent: null }],
  [2, { kind: 'agency', parent: 1 }],
  [11, { kind: 'client', parent: 1 }],
  [12, { kind: 'client', parent: 1 }],
  [111, { kind: 'client', parent: 11 }],
  [21, { kind: 'client', parent: 2 }],
  [30, { kind: 'client', parent: null }],
]);

const endpoint = (family: Family, change: Partial<EndpointSettings> = {}, owner: number | null = null) => ({
  selection: selectionOf(family, { ...profileSettings('classic', family), ...change }),
  sees: sightOf(owner, KNOWN),
});
const order = (facets: string[], about: object = {}) => ({
  type: `vestnik.travel.${facets[0]}`,
  data: { family: 'order', organization_id: 11, change_source: 'console', facets, ...about },
});
const saved = (kind: string, action: string, about: object = {}) => ({
  type: `vestnik.travel.${kind}`,
  data: { family: 'static', organization_id: 11, change_source: 'api', kind, action, changed: action !== 'save', ...about },
});

// The names themselves stand in event-types.ts alone.
const named = (precedence: number): string => ORDER_EVENT_TYPES.find((type) => type.precedence === precedence)?.name ?? '';
const trip = named(1);
const issued = named(3);
const state = named(6);
const price = named(7);
const limit = named(8);
const person = STATIC_KINDS[9].name;

describe('@EventType', () => {
  test('is the facet of highest precedence among those selected', () => {
    const facets = [trip, issued, state];
    expect(match(endpoint('order'), order(facets))).toEqual({ eventType: trip });
    expect(match(endpoint('order', { events: [issued, state] }), order(facets))).toEqual({ eventType: issued });
    expect(match(endpoint('order', { events: [state] }), order(facets))).toEqual({ eventType: state });
    expect(match(endpoint('order', { events: [price] }), order(facets))).toBeUndefined();
  });

  test('the order of facets in the event does not matter', () => {
    expect(match(endpoint('order'), order([price, state, issued]))).toEqual({ eventType: issued });
  });

  test('the default selection leaves out what is off in the table', () => {
    expect(match(endpoint('order'), order([limit]))).toBeUndefined();
    expect(match(endpoint('order', { events: [limit] }), order([limit]))).toEqual({ eventType: limit });
  });
});

describe('static data', () => {
  test('kind and action are selected', () => {
    expect(match(endpoint('static'), saved(person, 'update'))).toEqual({ eventType: person });
    expect(match(endpoint('static', { events: [STATIC_KINDS[12].name] }), saved(person, 'update'))).toBeUndefined();
    expect(match(endpoint('static', { actions: ['delete'] }), saved(person, 'update'))).toBeUndefined();
    expect(match(endpoint('static', { actions: ['delete'] }), saved(person, 'delete'))).toEqual({ eventType: person });
  });

  test('a save that changed nothing goes by send_unchanged: on in classic, off in modern', () => {
    expect(match(endpoint('static', { actions: ['delete'] }), saved(person, 'save'))).toEqual({ eventType: person });
    expect(
      match(endpoint('static', { send_unchanged: profileSettings('modern', 'static').send_unchanged }), saved(person, 'save')),
    ).toBeUndefined();
  });
});

describe('source and family', () => {
  test('only the selected sources', () => {
    const manual = endpoint('order', { sources: ['console'] });
    expect(match(manual, order([issued]))).toBeDefined();
    for (const change_source of ['api', 'import', 'system']) expect(match(manual, order([issued], { change_source }))).toBeUndefined();
  });

  test('an endpoint of one family never gets the other', () => {
    expect(match(endpoint('static'), order([issued]))).toBeUndefined();
    expect(match(endpoint('order'), saved(person, 'update'))).toBeUndefined();
  });

  test('a malformed event matches nothing and throws nothing', () => {
    const broken: Record<string, unknown>[] = [
      {},
      { family: 'order' },
      { family: 'order', change_source: 'api', organization_id: 11 },
      { family: 'order', change_source: 'api', organization_id: null, facets: [issued] },
      { family: 'order', change_source: 'api', organization_id: 11, facets: 'x' },
      { family: 'static', change_source: 'api', organization_id: 11, kind: 7, action: 'update' },
      { family: 'static', change_source: 7, kind: person, action: 'update' },
      { family: 'static', change_source: 'api', organization_id: 11, kind: person, action: 'constructor' },
    ];
    for (const data of broken)
      for (const family of ['order', 'static'] as const)
        expect(match(endpoint(family), { type: 'vestnik.travel.X', data })).toBeUndefined();
  });
});

describe('organizations', () => {
  const seen = (owner: number | null): (number | null)[] => [...KNOWN.keys(), 99, null].filter(sightOf(owner, KNOWN));

  test('a client sees its own and what is shared; the hub sees all', () => {
    expect(seen(11)).toEqual([11, null]);
    expect(seen(30)).toEqual([30, null]);
    expect(seen(null)).toEqual([...KNOWN.keys(), 99, null]);
  });

  test('an agency sees all but other agencies and what stands under them', () => {
    expect(seen(1)).toEqual([1, 11, 12, 111, 30, 99, null]);
    expect(seen(2)).toEqual([2, 21, 30, 99, null]);
  });

  test('an owner that is not known sees as a client does', () => {
    expect(seen(77)).toEqual([null]);
  });

  test('a circle of parents ends', () => {
    const circle = new Map<number, KnownOrganization>([
      [1, { kind: 'agency', parent: null }],
      [5, { kind: 'client', parent: 6 }],
      [6, { kind: 'client', parent: 5 }],
    ]);
    expect(sightOf(1, circle)(5)).toBe(true);
  });

  test('the filter keeps the named ones, and static data that is shared', () => {
    const agency = endpoint('static', { organizations: [12] }, 1);
    expect(match(agency, saved(person, 'update', { organization_id: 12 }))).toBeDefined();
    expect(match(agency, saved(person, 'update', { organization_id: 11 }))).toBeUndefined();
    expect(match(agency, saved(STATIC_KINDS[7].name, 'update', { organization_id: null }))).toBeDefined();
    const foreign = endpoint('order', { organizations: [21] }, 1);
    expect(match(foreign, order([issued], { organization_id: 21 }))).toBeUndefined();
  });
});

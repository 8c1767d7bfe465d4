import { expect, test } from 'vitest';
import type { StoredEvent } from '../../core/events/subscribe.ts';
import { showEvent } from '../show-event.ts';

const event = (data: Record<string, unknown>): StoredEvent => ({
  position: '1-1',
  time: Temporal.Instant.from('2026-11-22T09:00:00Z'),
  type: 'vestnik.travel.Person',
  source: '/vestnik/travel',
  subject: 'person/5',
  data,
});
const caller = (...rights: string[]) => ({ login: 'x', rights, face: 'rest' as const, address: undefined, requestId: undefined });

test('live events of an organization are for those who may read it, personal data for those with the right to it', () => {
  const person = event({ family: 'static', organization_id: 7, before: '', after: '<Person/>', unrelated: '', sensitive: ['LastName'] });
  expect(showEvent(caller('static.read@8'), person)).toBeUndefined();
  expect(showEvent(caller('travel.read'), person)).toBeUndefined();
  expect(showEvent(caller('static.read@7'), person)?.data).toEqual({ ...person.data, after: '' });
  expect(showEvent(caller('static.read', 'static.personal'), person)).toBe(person);
  const dictionary = event({ family: 'static', organization_id: null, after: '<SimpleMetaDictionary/>', sensitive: [] });
  expect(showEvent(caller('static.read'), dictionary)).toBe(dictionary);
  expect(showEvent(caller('static.read@7'), dictionary)).toBeUndefined();
  const order = event({ family: 'order', organization_id: 7 });
  expect(showEvent(caller('travel.read@7'), order)).toBe(order);
  expect(showEvent(caller('static.read'), order)).toBeUndefined();
});

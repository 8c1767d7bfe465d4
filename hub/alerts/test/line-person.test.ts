import { describe, expect, test } from 'vitest';
import { isFault } from '../line/codec/compound.ts';
import { readPerson } from '../line/codec/person-values.ts';
import { writeChannelKind, writeChannelState } from '../line/codec.ts';

const ZONE = 'Europe/Moscow';
const VALUES = [
  '1',
  '0',
  'Иванов И.И.',
  '10',
  '2026-07-01',
  '2026-07-14T12:00:00',
  '4321',
  '',
  'Заря',
  'Охрана',
  'Майор',
  'Инженер',
  'отпуск',
];

describe('the 13 values of a subscriber', () => {
  test('are read in the order of the source', () => {
    expect(readPerson(VALUES, ZONE)).toEqual({
      value: {
        group_id: 1,
        remote: 0,
        name: 'Иванов И.И.',
        priority: 10,
        exclusion: {
          begin: { instant: Temporal.Instant.from('2026-06-30T21:00:00Z'), date: '2026-07-01' },
          end: { instant: Temporal.Instant.from('2026-07-14T09:00:00Z'), date: null },
          beginText: '2026-07-01',
          endText: '2026-07-14T12:00:00',
        },
        pin: '4321',
        ip_address: '',
        organization: 'Заря',
        department: 'Охрана',
        rank: 'Майор',
        position: 'Инженер',
        description: 'отпуск',
      },
    });
  });

  test('mean 100 by an empty priority, and no side by an empty date', () => {
    const reading = readPerson(VALUES.with(3, '').with(4, '').with(5, ''), ZONE);
    expect(reading).toMatchObject({ value: { priority: 100, exclusion: { begin: null, end: null } } });
  });

  test.each([
    [0, '0', 'group'],
    [0, '', 'group'],
    [1, '3', 'kind of subscriber'],
    [1, '', 'kind of subscriber'],
    [3, '10000', 'priority'],
    [3, '-1', 'priority'],
    [4, '01.07.2026', 'neither a date'],
    [5, '2026-02-30', 'neither a date'],
  ])('with the value %i as %j are refused with the reason', (place, value, part) => {
    const reading = readPerson(VALUES.with(place, value), ZONE);
    expect(isFault(reading) ? reading.fault : '').toContain(part);
  });
});

test('kinds and states of channels have the numbers of the specification', () => {
  expect([0, 1, 2, 3, 4, 5].map(writeChannelKind)).toEqual([0, 1, 2, 3, 4, 5]);
  expect([0, 1, 2, 3, 4, 5, 6].map(writeChannelState)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

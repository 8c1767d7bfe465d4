import { expect, test } from 'vitest';
import { isInstant, readInstant, withinReach } from '../instant.ts';

test.each(['1900-01-01T00:00:00Z', '2199-12-31T23:59:59.999999999Z', '2026-11-22T14:05:00+03:00'])('%s is taken as it is', (text) => {
  expect(readInstant(text).equals(Temporal.Instant.from(text))).toBe(true);
  expect(isInstant(text)).toBe(true);
});

test.each([
  'yesterday',
  '2026-11-22',
  '2026-11-22T14:05:00',
  '2026-02-31T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '1899-12-31T23:59:59Z',
  '1900-01-01T00:00:00+00:01',
  '2200-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '+010000-01-01T00:00:00Z',
])('%s is refused', (text) => {
  expect(() => readInstant(text)).toThrow(RangeError);
  expect(isInstant(text)).toBe(false);
});

test('the refusal says which years there are', () => {
  expect(() => withinReach(Temporal.Instant.from('+010000-01-01T00:00:00Z'))).toThrow('years 1900 to 2199');
});

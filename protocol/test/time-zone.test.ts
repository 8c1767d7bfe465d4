import { afterEach, expect, test } from 'vitest';
import { systemTimeZone } from '../time-zone.ts';

const before = process.env['TZ'];
afterEach(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

test.each([
  ['Europe/Moscow', 'Europe/Moscow'],
  [':Asia/Novosibirsk', 'Asia/Novosibirsk'],
  ['UTC', 'UTC'],
  ['', 'UTC'],
  ['Nowhere/City', 'UTC'],
])('TZ %j is %s, and Temporal takes it', (text, zone) => {
  process.env['TZ'] = text;
  expect(systemTimeZone()).toBe(zone);
  expect(Temporal.Instant.from('2026-11-22T12:00:00Z').toZonedDateTimeISO(systemTimeZone()).timeZoneId).toBe(zone);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData, workingChannel } from './support/standard-data.ts';

let bench: LineBench;
let admin: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  admin = await bench.client();
});
afterAll(() => bench.stop());

test('settings are listed by their beginnings, set, and count at once', async () => {
  admin.say('GETCONFIG licence.e');
  expect(await admin.lines(4)).toEqual([
    'GETCONFIG BEGIN 2',
    'GETCONFIG DATA licence.e1 no',
    'GETCONFIG DATA licence.email yes',
    'GETCONFIG END',
  ]);
  expect(await admin.ask('SETCONFIG personGap 42')).toBe('SETCONFIG OK personGap 42');
  expect(bench.settings.current().personGap).toBe(42);
  expect(await admin.ask('SETCONFIG line.strict no')).toBe('SETCONFIG OK line.strict no');
  await standardData(bench);
  // A value that nobody can read is kept as it came and returned unchanged.
  expect(await admin.ask('ADDTASK 3 0 Свой 1 1 5  9;daily;! 0 0 0 0·')).toMatch(/^ADDTASK OK 2 Свой 3 0$/);
  expect(await admin.ask('GETTASK 2')).toBe('GETTASK OK 2 3 Свой 1 1 5  9;daily;! 0 0 0 0·');
  expect(await admin.ask('SETCONFIG line.strict yes')).toBe('SETCONFIG OK line.strict yes');
  expect(await admin.ask('ADDTASK 3 0 Свой 1 1 5  9;daily;! 0 0 0 0·')).toMatch(/^ADDTASK ERR_BADSYNTAX /);
});

test.each([
  'nothing 1',
  'personGap abc',
  'personGap -1',
  'personGap·',
  'licence.present perhaps',
  'licence.validTo 2027-13-99x',
  'reportFormat PDF',
  '__proto__ 1',
  'licence.email ***',
])('SETCONFIG %s is refused', async (line) => {
  expect(await admin.ask(`SETCONFIG ${line}`)).toMatch(/^SETCONFIG ERR_(BADSYNTAX|BADARGUMENT_COUNT) /);
});

test('the last day of the licence pushes HASP, and taking it away does', async () => {
  admin.say('SETCONFIG licence.validTo 2020-01-01');
  expect(await admin.lines(2)).toEqual(['SETCONFIG OK licence.validTo 2020-01-01', 'HASP 0 2 8 1 1 0']);
  admin.say('SETCONFIG licence.validTo·');
  expect(await admin.lines(2)).toEqual(['SETCONFIG OK licence.validTo·', 'HASP 1 2 8 1 1 0']);
});

test('settings outlive the hub and are those of all hubs', async () => {
  await expect
    .poll(() => bench.rows('SELECT key, value FROM alerts_setting WHERE key = $1', 'personGap'))
    .toEqual([{ key: 'personGap', value: 42 }]);
});

test('the log of a day, from a line on', async () => {
  await bench.rows('DELETE FROM alerts_log');
  await bench.rows(
    `INSERT INTO alerts_log (at, level, login, text) SELECT timestamptz '2026-03-02 00:00:00+03' + n * interval '1 minute', 'info', 'anna', 'строка ' || n
     FROM generate_series(0, 2499) n`,
  );
  admin.say('GETLOG 2026-03-02');
  const day = await admin.until(/^GETLOG END$/);
  expect(day.slice(0, 2)).toEqual(['GETLOG BEGIN 2026-03-02 1440', 'GETLOG DATA 00:00:00 info anna строка%200']);
  expect(day).toHaveLength(1_442);
  admin.say('GETLOG 2026-03-03 1058');
  expect(await admin.lines(4)).toEqual([
    'GETLOG BEGIN 2026-03-03 2',
    'GETLOG DATA 17:38:00 info anna строка%202498',
    'GETLOG DATA 17:39:00 info anna строка%202499',
    'GETLOG END',
  ]);
  admin.say('GETLOG 2026-03-03 9999');
  expect(await admin.lines(2)).toEqual(['GETLOG BEGIN 2026-03-03 0', 'GETLOG END']);
  expect(await admin.ask('GETLOG 2026-03-04')).toMatch(/^GETLOG ERR_NOLOGFILE /);
  expect(await admin.ask('GETLOG 2026-02-30')).toMatch(/^GETLOG ERR_BADSYNTAX /);
});

test('channels: listed, shown, changed, their secrets hidden and kept', async () => {
  expect(await workingChannel(bench, 3, 'SMSC')).toEqual([1]);
  admin.say('GETCHANNELS');
  expect(await admin.lines(3)).toEqual(['GETCHANNELS BEGIN 1', 'GETCHANNELS DATA 1 3 SMSC 1 1', 'GETCHANNELS END']);
  expect(await admin.ask('SETCHANINFO 1 0 SMSC%202 window=5;secret=new')).toBe(
    'SETCHANINFO OK 1 0 SMSC%202 host=127.0.0.1;window=5;secret=***',
  );
  expect(await admin.ask('SETCHANINFO 1 1 SMSC%202 secret=***')).toBe('SETCHANINFO OK 1 1 SMSC%202 host=127.0.0.1;window=5;secret=***');
  expect(JSON.stringify(await bench.rows('SELECT settings FROM alerts_channel_group'))).not.toContain('new');
  for (const bad of ['1 1 A colour=red', '1 1 A window=0', '1 1 A window', '1 1 A window=1;window=2', '1 1 ·', '1 7 A·', '9 1 A·'])
    expect(await admin.ask(`SETCHANINFO ${bad}`), bad).toMatch(/^SETCHANINFO ERR_BADSYNTAX /);
  expect(await admin.ask('GETCHANINFO 1')).toMatch(/^GETCHANINFO OK 1 3 SMSC%202 1 1 {4}\S{19} 0 0 ·$/);
  expect(await admin.ask('GETCHANINFO 9')).toMatch(/^GETCHANINFO ERR_BADSYNTAX /);
});

test('a modem more than the licence has is ERR_NOHASP', async () => {
  const [first] = await workingChannel(bench, 1, 'Модем 1');
  const [second] = await workingChannel(bench, 1, 'Модем 2');
  admin.say('SETCONFIG licence.gsmModems 1');
  await admin.until(/^HASP /);
  expect(await admin.ask(`SETCHANINFO ${second} 0 Модем%202 window=3`)).toMatch(/^SETCHANINFO OK /);
  expect(await admin.ask(`SETCHANINFO ${second} 1 Модем%202 window=3`)).toMatch(/^SETCHANINFO ERR_NOHASP /);
  expect(await admin.ask(`SETCHANINFO ${first} 0 Модем%201 window=3`)).toMatch(/^SETCHANINFO OK /);
  expect(await admin.ask(`SETCHANINFO ${second} 1 Модем%202 window=3`)).toMatch(/^SETCHANINFO OK /);
});

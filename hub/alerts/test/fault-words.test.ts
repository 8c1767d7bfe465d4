import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { confirmationFault } from '../confirmation.ts';
import { russianFault, wrongColumn } from '../fault-words.ts';
import { TASK_TYPE } from '../kinds.ts';
import { licenceAgainst } from '../licence.ts';
import { refusal } from '../refusals.ts';
import { type Schedule, scheduleFault } from '../schedule.ts';
import { settingsFault } from '../task-settings.ts';

/** A Russian sentence with the same figures, and no English one left of it. */
const RUSSIAN = /^(?!.*\b(?:right|would|at most|needs?|has|characters)\b).*[а-яё]/is;

/** Sentences of the rules as they stand in their sources, with something in place of what is put into them. */
function sentencesOf(file: string): string[] {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const function_ = /function \w*(?:Fault|startFault)\([\s\S]*?\n}/g;
  return [...source.matchAll(function_)].flatMap(([body]) =>
    [...body.matchAll(/(?:return|:|\?) ([`'])([^`'\n]* [^`'\n]*)\1/g)].map(([, , text = '']) => text.replace(/\$\{[^}]*\}/g, '7')),
  );
}

test.each(['confirmation.ts', 'schedule.ts', 'task-settings.ts', 'remote-start.ts', 'channel-mask.ts'])(
  'whatever %s finds wrong is told in Russian, too',
  (file) => {
    const said = sentencesOf(file);
    expect(said.length).toBeGreaterThan(0);
    for (const sentence of said) expect(russianFault(sentence), sentence).toMatch(RUSSIAN);
  },
);

test('values that are repeated stand in both languages', () => {
  const schedule: Schedule = { start: { kind: 'weekly', days: [1, 9], times: ['09:00'] }, windows: [], zone: null, late: null };
  expect(russianFault(scheduleFault(schedule) ?? '')).toBe('дни недели 1,9; верны разные числа от 1 (понедельник) до 7');
  expect(russianFault(confirmationFault({ kind: 'key', wait: 0, tries: null, key: null, heard: null }) ?? '')).toMatch(
    /^ожидание 0; верно от 1 до \d+ минут$/,
  );
  expect(russianFault(settingsFault([{ key: 'rounds', value: 'x\ny' }]) ?? '')).toMatch(
    /^rounds = «x\ny»; верно целое число от \d+ до \d+$/,
  );
});

test('a refusal tells people what would be right in their language; what has no Russian stays', () => {
  const refused = refusal('bad_cell', 'x', 'off behind |');
  expect(refused.message).toBe('x: right would be off behind |');
  expect(refused.russian).toBe('не удалось прочитать «x»; верно: после |: выкл');
  expect(refusal('bad_value', 'wait', 'something of a later release').russian).toBe('неверное значение wait: something of a later release');
});

test('a wrong column is named as tables have it, with what would be right where that is known', () => {
  expect(wrongColumn('pin', 'ПИН')).toBe('неверное значение в столбце «ПИН»; верно: не больше 32 знаков');
  expect(wrongColumn('rank', 'Звание')).toBe('неверное значение в столбце «Звание»');
});

test('a start that the licence refuses says why', () => {
  const told = (settings: Parameters<typeof licenceAgainst>[0], type: number): string =>
    refusal('start_not_licensed', 7, licenceAgainst(settings, type, Temporal.Instant.from('2026-11-22T10:00:00Z'))).russian ?? '';
  const licence = { present: 'yes', boards: 0, gsmModems: 0, dynamicTts: 'no', email: 'no', e1: 'no' } as const;
  expect(told({ licence, zone: 'UTC' }, TASK_TYPE.email)).toBe('задание 7 нельзя запустить: лицензия не разрешает почту');
  const ended = { ...licence, validTo: '2026-11-21' };
  expect(told({ licence: ended, zone: 'UTC' }, TASK_TYPE.sms)).toBe('задание 7 нельзя запустить: лицензия кончилась 2026-11-21');
  expect(told({ licence: { ...licence, present: 'no' }, zone: 'UTC' }, TASK_TYPE.sms)).toBe('задание 7 нельзя запустить: лицензии нет');
  for (const sentence of [
    'the licence does not allow GSM modems',
    'voice is not served yet: no group of SIP lines or loudspeakers can be set up',
  ])
    expect(russianFault(sentence)).toMatch(RUSSIAN);
});

test('why a file is no sound that is taken is told in Russian', () => {
  const source = readFileSync(new URL('../sound.ts', import.meta.url), 'utf8');
  const said = [...source.matchAll(/return ([`'])(it[s]? [^`'\n]*)\1/g)].map(([, , text = '']) =>
    text.replace(/\$\{[^}]*\}/g, '7').replace(/\$\{.*$/, '7'),
  );
  expect(said.length).toBeGreaterThan(10);
  for (const sentence of said) expect(russianFault(sentence), sentence).toMatch(/^(?!.*\b(?:right|would|at most|has|its)\b).*[а-яё]/i);
});

test.each([
  ['bad_phone', '12', '12-34, up to 20 digits, * and #', '«12» не является телефоном указанного вида; верно: 12-34, до 20 цифр, * и #'],
  [
    'bad_exclusion',
    'вчера',
    'a day such as 2026-07-01, or an instant with its offset',
    'период исключения задан неверно: вчера; верно: день, например 2026-07-01, или момент со смещением',
  ],
  [
    'bad_placeholder',
    '{nam}',
    'character 1: {nam} is not known; right would be one of name, time, event.<path>',
    'неверная подстановка: {nam} (знак 1: {nam} неизвестна; верно одно из: name, time, event.<path>)',
  ],
  ['task_running', '7', 'stop it first', 'задание 7 выполняется; сначала остановите его'],
  ['channel_not_working', 'SMS', 'connect ECONNREFUSED', 'в группе «SMS» нет работающего канала: connect ECONNREFUSED'],
] as const)('%s says in Russian what the English sentence says', (reason, about, right, russian) => {
  expect(refusal(reason, about, right).russian).toBe(russian);
});

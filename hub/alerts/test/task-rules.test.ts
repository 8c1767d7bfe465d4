import { describe, expect, test } from 'vitest';
import { allowsChannel, maskFault } from '../channel-mask.ts';
import { confirmationRule, fitsTaskType, NO_CONFIRMATION } from '../confirmation.ts';
import { edgeOfDate } from '../exclusion.ts';
import { TASK_TYPE } from '../kinds.ts';
import { type TaskSettings, taskRule } from '../task-settings.ts';

const at = (text: string) => Temporal.Instant.from(text);

describe('confirmation', () => {
  test('waits seconds of a call and minutes of a message', () => {
    expect(confirmationRule({ ...NO_CONFIRMATION, kind: 'pin' }, TASK_TYPE.call)).toEqual({
      kind: 'pin',
      wait: 10_000,
      tries: 3,
      key: null,
      heard: 3,
    });
    expect(confirmationRule({ ...NO_CONFIRMATION, kind: 'code', key: '0042' }, TASK_TYPE.sms)).toMatchObject({
      wait: 3_600_000,
      key: '0042',
    });
    expect(confirmationRule({ ...NO_CONFIRMATION, wait: 5, tries: 1, heard: 0 }, TASK_TYPE.email)).toMatchObject({
      wait: 300_000,
      tries: 1,
      heard: 0,
    });
  });

  test('of a foreign text is none, and a broadcast takes no other', () => {
    expect(confirmationRule('по желанию', TASK_TYPE.call).kind).toBe('none');
    expect(fitsTaskType({ ...NO_CONFIRMATION, kind: 'key' }, TASK_TYPE.loudspeaker)).toBe(false);
    expect(fitsTaskType({ ...NO_CONFIRMATION, kind: 'key' }, TASK_TYPE.call)).toBe(true);
    expect(fitsTaskType(NO_CONFIRMATION, TASK_TYPE.loudspeaker) && fitsTaskType('x', TASK_TYPE.loudspeaker)).toBe(true);
  });
});

describe('settings of a task', () => {
  test('have the defaults of their type', () => {
    expect(taskRule([], TASK_TYPE.call)).toMatchObject({
      rounds: 3,
      pauseSeconds: 60,
      dedup: false,
      dup: true,
      remote: undefined,
      tone: true,
    });
    expect(taskRule([], TASK_TYPE.sms)).toMatchObject({ dedup: true, dup: false, receiptSeconds: 600, from: undefined });
    expect(taskRule('{"foreign":true}', TASK_TYPE.email)).toMatchObject({ dedup: true, dup: true });
  });

  test('are read from what was given, and unknown ones mean nothing', () => {
    const given: TaskSettings = Object.entries({
      rounds: '05',
      gain: '-20',
      dedup: '0',
      remote: '7',
      subject: '',
      from: 'Vestnik',
      x: '1',
    }).map(([key, value]) => ({ key, value }));
    expect(taskRule(given, TASK_TYPE.sms)).toMatchObject({
      rounds: 5,
      gain: -20,
      dedup: false,
      remote: 7,
      subject: undefined,
      from: 'Vestnik',
    });
  });
});

test('a mask allows the channels it marks; an empty one all, a short one no further ones', () => {
  expect([1, 2, 3, 4].map((channel) => allowsChannel('101', channel))).toEqual([true, false, true, false]);
  expect(allowsChannel('', 500)).toBe(true);
  expect([maskFault(''), maskFault('0110')]).toEqual([undefined, undefined]);
  expect([maskFault('012'), maskFault('1'.repeat(4097))].every((fault) => fault !== undefined)).toBe(true);
});

test('a day that begins an exclusion does so with its first instant, one that ends it belongs to it', () => {
  const edge = (date: string, side: 'begin' | 'end', zone: string) => edgeOfDate(Temporal.PlainDate.from(date), side, zone);
  expect(edge('2026-07-01', 'begin', 'Europe/Moscow')).toEqual({ instant: at('2026-06-30T21:00:00Z'), date: '2026-07-01' });
  expect(edge('2026-07-14', 'end', 'Europe/Moscow')).toEqual({ instant: at('2026-07-14T21:00:00Z'), date: '2026-07-14' });
  // A night in which clocks jump over midnight.
  expect(edge('2026-09-06', 'begin', 'America/Santiago').instant.toString()).toBe('2026-09-06T04:00:00Z');
});

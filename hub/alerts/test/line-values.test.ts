import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addinfo, channelParams } from '../line/codec/addinfo.ts';
import { type FieldCodec, isFault, readKept, writeKept } from '../line/codec/compound.ts';
import { confirm } from '../line/codec/confirm.ts';
import { exclusionDate, readDate, wireDate } from '../line/codec/dates.ts';
import { readId, readIds, readNumber, writeIds } from '../line/codec/ids.ts';
import { rkey, rpin, rsms } from '../line/codec/remote-start.ts';
import { schedule } from '../line/codec/schedule.ts';
import { readTask, writeCompounds } from '../line/codec/task-values.ts';
import { readCrc32, readFlag, readReportFormat } from '../line/codec.ts';
import type { TaskSettings } from '../task-settings.ts';

const CODECS = { schedule, rkey, rpin, rsms, confirm, addinfo } as const;
const at = (text: string) => Temporal.Instant.from(text);

function meant<T>(codec: FieldCodec<T>, text: string): T {
  const reading = codec.read(text);
  if (isFault(reading)) throw new Error(`${text}: ${reading.fault}`);
  return reading.value;
}

/** What is written for what was read. */
const again = <T>(codec: FieldCodec<T>, text: string): string => codec.write(meant(codec, text));
const faultOf = <T>(codec: FieldCodec<T>, text: string): string => {
  const reading = codec.read(text);
  return isFault(reading) ? reading.fault : '';
};

describe('values come back as they were sent', () => {
  test.each([
    [
      'schedule',
      [
        '0',
        '0;w=00:00-24:00',
        '1;2026-03-02T09:15:00',
        '2;1111100;09:00',
        '2;0000011;09:00,18:30;w=08:00-20:00,22:00-02:00;tz=Asia/Omsk;late=0',
      ],
    ],
    ['schedule', ['3;31;23:59;late=30', '0;tz=UTC']],
    ['rkey', ['0', '1;fire2;1', '1;fire2;0;hold=0', '1;a\\;b\\=c\\\\d;1']],
    ['rpin', ['0', '1;4711', '1;4711;+7916*,112']],
    ['rsms', ['0', '1;ПОЖАР2', '1;alarm-1;+79161234567,Bank']],
    ['confirm', ['0', '0;h=0', '1', '1;k=#', '2;t=10;n=3', '3;k=0042']],
    ['addinfo', ['', 'rounds=3;ring=25', 'subject=Сбор\\; срочно;attach=1', 'x=1;rounds=2;y=2', 'from=a\\=b']],
  ] as const)('%s', (name, texts) => {
    for (const text of texts) expect(again(CODECS[name] as FieldCodec<unknown>, text)).toBe(text);
  });

  test('and empty ones as none', () => {
    expect([again(schedule, ''), again(rkey, ''), again(rpin, ''), again(rsms, ''), again(confirm, '')]).toEqual(['0', '0', '0', '0', '0']);
  });
});

test('values mean what the specification says', () => {
  expect(meant(schedule, '2;1000001;09:00,18:00;w=20:00-02:00;tz=Asia/Omsk;late=5')).toEqual({
    start: { kind: 'weekly', days: [1, 7], times: ['09:00', '18:00'] },
    windows: [{ from: '20:00', to: '02:00' }],
    zone: 'Asia/Omsk',
    late: 5,
  });
  expect(meant(schedule, '3;31;08:00').start).toEqual({ kind: 'monthly', day: 31, time: '08:00' });
  expect(meant(rkey, '1;fire2;1')).toEqual({ input: 'fire2', front: 'closing', hold: null });
  expect(meant(rpin, '1;4711;+7916*,112')).toEqual({ pin: '4711', callers: ['+7916*', '112'] });
  expect(meant(rsms, '1;alarm-1')).toEqual({ keyword: 'alarm-1', senders: [] });
  expect(meant(confirm, '2;t=10;n=3')).toEqual({ kind: 'pin', wait: 10, tries: 3, key: null, heard: null });
  expect(meant(addinfo, 'subject=a\\;b;x')).toEqual([
    { key: 'subject', value: 'a;b' },
    { key: 'x', value: '', raw: 'x' },
  ]);
});

describe('values that are wrong say why', () => {
  test.each([
    ['schedule', '4', 'kind'],
    ['schedule', '1', 'no date and time'],
    ['schedule', '1;2026-13-01T00:00:00', '2026-13-01'],
    ['schedule', '2;111;09:00', 'mask'],
    ['schedule', '2;0000000;09:00', 'day'],
    ['schedule', '2;1111111;', 'no time'],
    ['schedule', '3;0;09:00', '1 to 31'],
    ['schedule', '0;x=1', 'option'],
    ['schedule', '0;late=1;late=2', 'twice'],
    ['schedule', '0;late=x', 'late'],
    ['schedule', '0;w=', 'w='],
    ['schedule', '0;w=09:00-10:00-11:00', 'w='],
    ['schedule', '0;tz=', 'time zone'],
    ['schedule', '0;', 'option'],
    ['rkey', '1', 'front'],
    ['rkey', '1;;1', 'name'],
    ['rkey', '1;a;2', 'front'],
    ['rkey', '1;a;1;hold=-1', 'hold'],
    ['rkey', '2;a;1', 'kind'],
    ['rpin', '1;123', '4 to 12'],
    ['rpin', '1;12345;+', 'caller'],
    ['rpin', '1;12345;1,,2', 'caller'],
    ['rpin', '1;12345;1;2', 'three parts'],
    ['rsms', '1;fire', '6 to 32'],
    ['rsms', '1;fire alarm', 'space'],
    ['confirm', '4', 'kind'],
    ['confirm', '1;k=55', 'key'],
    ['confirm', '3;k=a', 'code'],
    ['confirm', '2;k=1', 'by key or by code'],
    ['confirm', '1;h=3', 'without confirmation'],
    ['confirm', '1;t=0', 'wait'],
    ['confirm', '1;n=11', 'tries'],
    ['addinfo', 'rounds=0', '1 to 20'],
    ['addinfo', 'rounds', 'no value'],
    ['addinfo', 'gain=7', '-20 to 6'],
    ['addinfo', 'rounds=1;rounds=2', 'twice'],
    ['addinfo', '=1', 'no name'],
    ['addinfo', `x=${'1'.repeat(1001)}`, 'at most 1000'],
    ['addinfo', `${'x'.repeat(65)}=1`, 'at most 64'],
    ['addinfo', Array.from({ length: 101 }, (_, n) => `x${n}=1`).join(';'), 'at most 100'],
  ] as const)('%s %s', (name, text, part) => {
    expect(faultOf(CODECS[name] as FieldCodec<unknown>, text)).toContain(part);
  });

  test('and never tell a PIN', () => {
    for (const text of ['98765', '1;98765432109876', '1;98765;+', '2;98765']) expect(faultOf(rpin, text)).not.toContain('9876');
  });
});

describe('any text', () => {
  test('is read or refused, and what was read is written so that it means the same', () => {
    const pieces = fc.constantFrom(
      '0',
      '1',
      '2',
      '3',
      ';',
      '=',
      '\\',
      ',',
      '-',
      ':',
      'w',
      'tz',
      'late',
      't',
      'k',
      'h',
      'rounds',
      'x',
      '09:00',
      '1111111',
      '4711',
    );
    const texts = fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        for (const codec of Object.values(CODECS) as FieldCodec<unknown>[]) {
          const reading = codec.read(text);
          if (isFault(reading)) continue;
          expect(codec.read(codec.write(reading.value))).toEqual(reading);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('with unknown keys of addinfo comes back byte for byte, in its order', () => {
    const part = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes(';') && !/\\$/.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(part, { maxLength: 6, selector: (text) => text.split('=')[0]!.replaceAll('\\', '') }), (parts) => {
        const text = parts.join(';');
        const reading = addinfo.read(text);
        fc.pre(!isFault(reading));
        expect(again(addinfo, text)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('cannot be smuggled in as the spelling of an unknown key', () => {
    expect(addinfo.write([{ key: 'x', value: '1', raw: 'x=1;rounds=20' }])).toBe('x=1');
    expect(addinfo.write([{ key: 'rounds', value: '1', raw: 'rounds=20' }])).toBe('rounds=1');
    expect(addinfo.write([{ key: 'x', value: 'a=b', raw: 'x=a=b' }])).toBe('x=a=b');
    expect(addinfo.write([{ key: 'x', value: '1', raw: 'y=1' }])).toBe('x=1');
  });

  test('is kept where the protocol is not strict', () => {
    expect(readKept(schedule, 'каждый день', true)).toHaveProperty('fault');
    const kept = readKept(schedule, 'каждый день', false);
    expect(kept).toMatchObject({ value: 'каждый день', note: expect.stringContaining('kind') });
    if ('value' in kept) expect(writeKept(schedule, kept.value)).toBe('каждый день');
    expect(readKept(schedule, '0', false)).toEqual({ value: meant(schedule, '0') });
  });

  test('is any value of any setting of a task and of a channel', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, fc.string({ maxLength: 20 })), { maxLength: 6, selector: ([one]) => one }), (pairs) => {
        const settings: TaskSettings = pairs.map(([one, value]) => ({ key: `x${one}`, value }));
        expect(meant(addinfo, addinfo.write(settings))).toEqual(settings);
        const params = new Map(pairs);
        expect(meant(channelParams, channelParams.write(params))).toEqual(params);
      }),
    );
    expect(faultOf(channelParams, 'a=1;a=2')).toContain('twice');
    expect(faultOf(channelParams, 'secret')).not.toContain('secret');
  });
});

describe('a task', () => {
  const VALUES = [
    '0',
    '6',
    'Пожар корпус 2',
    '3',
    '12',
    '1',
    '1111000',
    '0;w=00:00-24:00',
    '1;fire2;1',
    '1;4711',
    '0',
    '2;t=10;n=3',
    'rounds=3;ring=25',
  ];

  test('is read from its 13 values, and its compound values are written again', () => {
    const reading = readTask(VALUES, true);
    if (isFault(reading as { fault: string })) throw new Error((reading as { fault: string }).fault);
    const { task, notes } = reading as Exclude<typeof reading, { fault: string }>;
    expect(task).toMatchObject({
      type: 0,
      enabled: false,
      name: 'Пожар корпус 2',
      listId: 3,
      messageId: 12,
      priority: 1,
      channels: '1111000',
    });
    expect(writeCompounds(task)).toEqual(VALUES.slice(7));
    expect(notes).toEqual([]);
  });

  test('of an older client keeps what is not understood, unless the protocol is strict', () => {
    const foreign = [...VALUES.slice(0, 7), 'Mo-Fr', ...VALUES.slice(8, 12), '{"a":1}'];
    expect(readTask(foreign, true)).toHaveProperty('fault');
    const reading = readTask(foreign, false);
    expect(reading).toMatchObject({ task: { schedule: 'Mo-Fr' }, notes: [expect.stringContaining('shedule')] });
    if ('task' in reading) expect(writeCompounds(reading.task)).toEqual(foreign.slice(7));
  });

  test.each([
    [0, '4'],
    [1, '7'],
    [3, '0'],
    [4, 'x'],
    [5, '0'],
    [5, '10'],
    [6, '012'],
    [7, '9'],
    [12, 'rounds=0'],
  ])('with the value %i as %j is refused', (place, value) => {
    expect(readTask(VALUES.with(place, value), true)).toHaveProperty('fault');
  });
});

describe('dates', () => {
  const ZONE = 'Europe/Moscow';

  test('are wall times of the zone', () => {
    expect(wireDate.read('2026-03-02T09:15:00', ZONE)).toEqual({ value: at('2026-03-02T06:15:00Z') });
    expect(wireDate.write(at('2026-03-02T06:15:00.999Z'), ZONE)).toBe('2026-03-02T09:15:00');
    expect(wireDate.read('', ZONE)).toEqual({ value: null });
    expect(wireDate.write(null, ZONE)).toBe('');
    expect(wireDate.writeTime(at('2026-03-02T06:15:09Z'), ZONE)).toBe('09:15:09');
    for (const wrong of ['2026-03-02', '2026-03-02T9:15:00', '2026-03-02T09:15:00Z', 'x'])
      expect(wireDate.read(wrong, ZONE)).toHaveProperty('fault');
  });

  test('of an exclusion may be days, which come back as days', () => {
    const begin = exclusionDate.read('2026-07-01', 'begin', ZONE);
    const end = exclusionDate.read('2026-07-14', 'end', ZONE);
    expect(begin).toEqual({ value: { instant: at('2026-06-30T21:00:00Z'), date: '2026-07-01' } });
    expect(end).toEqual({ value: { instant: at('2026-07-14T21:00:00Z'), date: '2026-07-14' } });
    if ('value' in end) expect(exclusionDate.write(end.value, ZONE)).toBe('2026-07-14');
    const timed = exclusionDate.read('2026-07-14T12:00:00', 'end', ZONE);
    if ('value' in timed) expect(exclusionDate.write(timed.value, ZONE)).toBe('2026-07-14T12:00:00');
    expect(exclusionDate.read('', 'end', ZONE)).toEqual({ value: null });
    expect(exclusionDate.write(null, ZONE)).toBe('');
    for (const wrong of ['2026-02-30', '14.07.2026', '2026-7-1']) expect(exclusionDate.read(wrong, 'end', ZONE)).toHaveProperty('fault');
  });

  test('are what Temporal says in every zone, hour by hour and inside hours in which clocks change', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago', 'Pacific/Apia');
    const moment = fc.oneof(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 1_774_746_000 - 9000, max: 1_774_746_000 + 9000 }),
    );
    fc.assert(
      fc.property(zone, fc.array(moment, { maxLength: 20 }), (where, seconds) => {
        for (const second of seconds) {
          const instant = Temporal.Instant.fromEpochMilliseconds(second * 1000);
          const expected = instant.toZonedDateTimeISO(where).toPlainDateTime().toString({ smallestUnit: 'second' });
          expect(wireDate.write(instant, where)).toBe(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('days that exist', () => {
    expect(readDate('2028-02-29')?.toString()).toBe('2028-02-29');
    for (const wrong of ['2026-02-29', '1999-1-1', '', '2026-01-01T00:00:00', '0000-01-01']) expect(readDate(wrong)).toBeUndefined();
  });
});

describe('numbers', () => {
  test('ids are decimal numbers from 1 that a database can hold', () => {
    expect(['1', '007', '2147483647', '0000000000000000000000001'].map(readId)).toEqual([1, 7, 2_147_483_647, 1]);
    for (const wrong of ['', '0', '00', '-1', '+1', '1e3', '1.0', '2147483648', '9223372036854775808', '1'.repeat(30), ' 1', '１', '0x1'])
      expect(readId(wrong)).toBeUndefined();
  });

  test('lists of ids have no gaps, and repeats count once', () => {
    expect(readIds('3,1,003,2')).toEqual([3, 1, 2]);
    expect(writeIds([3, 1, 2])).toBe('3,1,2');
    for (const wrong of ['', ',', '1,', ',1', '1,,2', '1, 2', '1;2', '1,x']) expect(readIds(wrong)).toBeUndefined();
    expect(readIds(Array.from({ length: 10_000 }, (_, index) => index + 1).join(','))).toHaveLength(10_000);
  });

  test('others lie in their range', () => {
    expect([readNumber('007', 0, 9), readNumber('0', 0, 9), readNumber('9', 0, 9)]).toEqual([7, 0, 9]);
    for (const wrong of ['10', '-1', '', '1e0', '9'.repeat(30)]) expect(readNumber(wrong, 0, 9)).toBeUndefined();
  });

  test('flags, checksums and formats', () => {
    expect(['1', '0', '', '2', 'true'].map(readFlag)).toEqual([true, false, undefined, undefined, undefined]);
    expect(['00000000', 'DEADbeef', 'deadbee', 'deadbeef0', '0xdeadbe'].map(readCrc32)).toEqual([
      0,
      0xdeadbeef,
      undefined,
      undefined,
      undefined,
    ]);
    expect(['HTML', 'xls', 'PDF', ''].map(readReportFormat)).toEqual(['HTML', 'XLS', undefined, undefined]);
  });
});

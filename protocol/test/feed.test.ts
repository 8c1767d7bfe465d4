import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FEED_ERRORS,
  FEED_LIMITS,
  FeedFormatError,
  isMessageId,
  type PullAnswer,
  parseFeedError,
  parsePullAnswer,
  parseReplayAnswer,
  parseStatusAnswer,
} from '../feed.ts';

const ID = '0199c1d2-0000-7000-8000-000000000001';
const message = {
  id: ID,
  sequence: 1042,
  documentId: '0199C1D2-0000-7000-8000-00000000000A',
  name: '20261122-140500-000001042-ETICKET-SALE-EXCHANGE-4214200000002.xml',
  sha256: 'ab'.repeat(32),
  createdAt: '2026-11-22T11:05:00.050Z',
  expiresAt: '2026-12-22T14:05:00+03:00',
  replay: false,
  meta: { type: 'ETICKET', opType: 'SALE', transType: 'EXCHANGE', number: '4214200000002', pnr: '0B1V2G' },
  xml: '<?xml version="1.0"?>',
};
const answer: PullAnswer = {
  client: 'agency-17',
  serverTime: '2026-11-22T11:05:00.120Z',
  held: false,
  acked: 2,
  behind: 214,
  messages: [message],
  expired: [{ from: 900, to: 950, count: 51 }],
  warnings: [{ code: 'CERT_EXPIRES', days: 14 }, { code: 'QUEUE_AGE' }],
};
const status = {
  client: 'agency-17',
  state: 'active',
  held: false,
  queued: 3,
  queuedExact: true,
  oldest: null,
  certificateExpires: '2028-11-22T00:00:00Z',
  session: { instance: ID, since: '2026-11-22T11:05:00Z', leaseUntil: '2026-11-22T11:06:30Z' },
};

const changed = (change: Record<string, unknown>) => ({ ...answer, ...change });
const withMessage = (change: Record<string, unknown>) => changed({ messages: [{ ...message, ...change }] });
const faultOf = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    if (error instanceof FeedFormatError) return error.message;
    throw error;
  }
  throw new Error('accepted');
};

describe('parsePullAnswer', () => {
  test('takes an answer as the spec shows it, through JSON and back', () => {
    expect(parsePullAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });

  test('a document without a PNR has none, whether it is absent or null', () => {
    const { pnr, ...meta } = message.meta;
    expect(pnr).toBe('0B1V2G');
    for (const given of [meta, { ...meta, pnr: null }]) {
      expect(parsePullAnswer(withMessage({ meta: given })).messages[0]?.meta).toEqual(meta);
    }
  });

  test('what a newer hub adds is ignored, at every level', () => {
    const newer = changed({ extra: 1, messages: [{ ...message, extra: {}, meta: { ...message.meta, extra: [] } }] });
    expect(parsePullAnswer(newer)).toEqual(answer);
  });

  test.each<[unknown, string]>([
    [undefined, 'answer is missing; right would be an object'],
    [[], 'answer is a list; right would be an object'],
    [changed({ client: 7 }), 'client is a number; right would be a text'],
    [changed({ held: 'no' }), 'held is a text of 2 characters; right would be true or false'],
    [changed({ acked: -1 }), 'acked is -1; right would be a whole number from 0'],
    [changed({ behind: 1.5 }), 'behind is 1.5; right would be a whole number from 0'],
    [changed({ behind: 2 ** 60 }), `behind is ${2 ** 60}; right would be a whole number from 0`],
    [changed({ serverTime: 'yesterday' }), 'serverTime is a text of 9 characters; right would be a time such as 2026-11-22T11:05:00Z'],
    [
      changed({ serverTime: '2026-13-45T11:05:00Z' }),
      'serverTime is a text of 20 characters; right would be a time such as 2026-11-22T11:05:00Z',
    ],
    [changed({ messages: {} }), 'messages is an object; right would be a list'],
    [changed({ messages: [null] }), 'messages[0] is null; right would be an object'],
    [changed({ expired: [{ from: 0, to: 1, count: 1 }] }), 'expired[0].from is 0; right would be a whole number from 1'],
    [changed({ warnings: [{ days: 1 }] }), 'warnings[0].code is missing; right would be a text'],
    [withMessage({ id: '../../x' }), 'messages[0].id is a text of 7 characters; right would be a UUID'],
    [withMessage({ id: `${ID}\n` }), 'messages[0].id is a text of 37 characters; right would be a UUID'],
    [withMessage({ sequence: 0 }), 'messages[0].sequence is 0; right would be a whole number from 1'],
    [withMessage({ sequence: '5' }), 'messages[0].sequence is a text of 1 characters; right would be a whole number from 1'],
    [
      withMessage({ sha256: 'AB'.repeat(32) }),
      'messages[0].sha256 is a text of 64 characters; right would be 64 lower-case hexadecimal digits',
    ],
    [withMessage({ meta: undefined }), 'messages[0].meta is missing; right would be an object'],
    [withMessage({ meta: { ...message.meta, number: 4214200000002 } }), 'messages[0].meta.number is a number; right would be a text'],
    [withMessage({ xml: null }), 'messages[0].xml is null; right would be a text'],
    [changed({ messages: [message, message] }), 'messages[1].sequence is 1042 after 1042; sequences must rise'],
  ])('names place, finding and what would be right: %#', (value, expected) => {
    expect(faultOf(() => parsePullAnswer(value))).toBe(expected);
  });

  test('whatever comes, it is an answer or a FeedFormatError', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        faultOf(() => parsePullAnswer(value));
      }),
    );
    const key = fc.constantFrom(...Object.keys(answer));
    const inMessage = fc.constantFrom(...Object.keys(message));
    fc.assert(
      fc.property(key, inMessage, fc.jsonValue(), fc.boolean(), (outer, inner, value, deep) => {
        const spoilt = deep ? withMessage({ [inner]: value }) : changed({ [outer]: value });
        try {
          parsePullAnswer(spoilt);
        } catch (error) {
          expect(error).toBeInstanceOf(FeedFormatError);
        }
      }),
    );
  });

  test('no text of a message is quoted in a fault', () => {
    for (const field of Object.keys(message)) {
      const fault = faultOf(() => parsePullAnswer(changed({ messages: [{ ...message, [field]: { secret: 'ПС4510123456' } }] })));
      expect(fault).not.toContain('4510123456');
    }
    expect(faultOf(() => parsePullAnswer(withMessage({ id: 'ПС4510123456' })))).not.toContain('4510123456');
  });
});

describe('parseStatusAnswer', () => {
  test('with and without session and oldest', () => {
    expect(parseStatusAnswer(status)).toEqual(status);
    const busy = { ...status, oldest: '2026-11-01T00:00:00Z', session: null, state: 'held', held: true };
    expect(parseStatusAnswer({ ...busy, extra: 1 })).toEqual(busy);
  });

  test('faults', () => {
    expect(faultOf(() => parseStatusAnswer({ ...status, state: 'gone' }))).toBe(
      'state is a text of 4 characters; right would be active, held or closed',
    );
    expect(faultOf(() => parseStatusAnswer({ ...status, oldest: undefined }))).toContain('oldest is missing');
    expect(faultOf(() => parseStatusAnswer({ ...status, session: { instance: 'x' } }))).toContain(
      'session.instance is a text of 1 characters',
    );
  });
});

test('parseReplayAnswer', () => {
  expect(parseReplayAnswer({ queued: 5 })).toEqual({ queued: 5 });
  expect(faultOf(() => parseReplayAnswer({}))).toBe('queued is missing; right would be a whole number from 0');
});

describe('parseFeedError', () => {
  test('every code of the table', () => {
    for (const code of Object.keys(FEED_ERRORS)) {
      expect(parseFeedError({ error: { code, message: 'why' } })).toEqual({ code, message: 'why' });
    }
    expect(parseFeedError({ error: { code: 'SESSION_TAKEN' } })).toEqual({ code: 'SESSION_TAKEN', message: '' });
  });

  test.each([
    undefined,
    null,
    'text',
    [],
    {},
    { error: 'x' },
    { error: {} },
    { error: { code: 'NEW' } },
    { error: { code: 'toString' } },
    { error: { code: '__proto__' } },
  ])('no error of the feed: %j', (value) => {
    expect(parseFeedError(value)).toBeUndefined();
  });
});

test('the status codes are those of spec 6.4, the limits those of 6.2', () => {
  const byStatus = Object.entries(FEED_ERRORS).map(([code, http]) => `${http} ${code}`);
  expect(byStatus.sort()).toEqual([
    '400 BAD_REQUEST',
    '403 CERT_REVOKED',
    '403 CERT_UNKNOWN',
    '403 CLIENT_CLOSED',
    '403 NOT_ALLOWED',
    '409 ACK_MISMATCH',
    '409 SESSION_TAKEN',
    '413 TOO_LARGE',
    '415 UNSUPPORTED_MEDIA',
    '429 TOO_MANY_REQUESTS',
    '503 SHUTTING_DOWN',
    '503 STORE_UNAVAILABLE',
  ]);
  expect(FEED_LIMITS).toMatchObject({
    acknowledgements: 1000,
    maxMessages: 1000,
    defaultMessages: 100,
    minBytes: 65_536,
    maxBytes: 33_554_432,
    defaultBytes: 4_194_304,
    maxWaitSeconds: 55,
    defaultWaitSeconds: 25,
  });
});

test('isMessageId', () => {
  expect(isMessageId(ID)).toBe(true);
  expect(isMessageId(ID.toUpperCase())).toBe(true);
  for (const wrong of ['', 'x', ID.slice(1), `${ID}0`, ID.replaceAll('-', ''), `${ID}\n`, `../${ID}`])
    expect(isMessageId(wrong)).toBe(false);
});

import { describe, expect, test } from 'vitest';
import type { SendMessage } from '../deliver-callback.ts';
import { compileEndpoint } from '../live-endpoint.ts';
import type { PreparedTest } from '../prepare-test.ts';
import { profileSettings } from '../profiles.ts';
import { sampleValues } from '../render/samples.ts';
import { sendTest } from '../send-test.ts';

const URL_TEXT = 'https://inner.client.example/in?order=1042';
const settings = { ...profileSettings('classic', 'order'), name: 'Test', url: URL_TEXT };
const program = compileEndpoint(
  { family: 'order', versionId: 1, version: 1, settings, dictionaries: [] },
  { headers: [], clientKey: null },
  Math.random,
);
const prepared: PreparedTest = {
  deliveryId: 7,
  program,
  organizationId: null,
  findings: [],
  example: { values: sampleValues('order', 'typical'), eventId: '0-7', eventType: 'CallbackTest', matches: null, event: undefined },
  keys: [],
  mayReadAnswer: true,
};
const sent = (came: Awaited<ReturnType<SendMessage>>) => sendTest({ send: async () => came }, prepared);

describe('refusals of the guard', () => {
  const AT_ONCE = {
    kind: 'refused',
    stage: 4,
    code: 'loopback',
    message: 'told by the guard',
    facts: { stage: 4, message: 'loopback' },
  } as const;
  const BY_LOOKUP = {
    kind: 'failed',
    code: 'address_refused',
    connect: true,
    secret: 'stage 5: inner.client.example is 127.0.0.1',
    facts: { ms: { lookup: 3, connect: null, tls: null, firstByte: null, end: 3 }, peer: '127.0.0.1', message: 'refused' },
  } as const;

  test('look the same whether they needed a lookup or not: text, code, state and times', async () => {
    const [first, second] = [await sent(AT_ONCE), await sent(BY_LOOKUP)];
    const { cause: firstCause, came: _, rendered: __, ...firstShown } = first;
    const { cause: secondCause, came: ___, rendered: ____, ...secondShown } = second;
    expect(firstShown).toEqual(secondShown);
    expect(firstShown).toEqual({
      state: 'blocked',
      status: null,
      code: 'address_refused',
      // Without the query, which may hold what nobody should see.
      message: 'The address https://inner.client.example/in cannot be a receiver of callbacks.',
      russian: 'Адрес https://inner.client.example/in не может быть получателем Callback.',
      facts: {},
    });
    expect(firstCause).toEqual({ stage: 4, code: 'loopback' });
    expect(secondCause).toEqual({ stage: 5, why: 'stage 5: inner.client.example is 127.0.0.1' });
  });

  test('but for the allow-list, which has the words of the specification', async () => {
    const refused = { kind: 'refused', stage: 3, code: 'address_not_allowed', message: 'not listed', russian: 'нет в списке' } as const;
    expect(await sent(refused)).toMatchObject({
      state: 'blocked',
      code: 'address_not_allowed',
      message: 'not listed',
      russian: 'нет в списке',
    });
  });
});

test('what the network does is told as it is', async () => {
  const failed = { kind: 'failed', code: 'connect_refused', connect: true, message: 'nobody listens there', facts: {} } as const;
  expect(await sent(failed)).toMatchObject({ state: 'failed', code: 'connect_refused', message: 'nobody listens there' });
});

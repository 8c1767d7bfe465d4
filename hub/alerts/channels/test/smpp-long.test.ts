import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { createLongMessages } from '../long-messages.ts';
import { senderOf, validityOf } from '../smpp/compose.ts';
import { SECRETS, settingsSchema } from '../smpp/settings.ts';
import { splitText } from '../sms-text.ts';
import { makeOrder } from './conformance.ts';
import { ACCOUNT, makeRig, NEVER } from './support/smpp.ts';

const CYRILLIC = 'Внимание! Прорыв дамбы у села Высокое, эвакуация по маршруту №2. '.repeat(5);
const LATIN = 'Evacuate by route 2 {north} [A] ~ ^ | € \\ at once. '.repeat(8);

describe('long texts, in each of the three ways', () => {
  test.each([
    ['udh', CYRILLIC, 8],
    ['sar', CYRILLIC, 8],
    ['udh', LATIN, 0],
    ['sar', LATIN, 0],
  ] as const)('%s', async (long, text, dataCoding) => {
    const { attempt, smsc, news } = await makeRig({ settings: { long } });
    const { parts } = splitText(text);
    const outcome = await attempt(text);
    expect(outcome.messageIds.length).toBe(parts.length);
    expect(parts.length).toBeGreaterThan(2);
    expect(smsc.parts().map((part) => part.text)).toEqual(parts);
    expect(smsc.parts().map(({ concatenation }) => concatenation?.place)).toEqual(parts.map((_, index) => index + 1));
    expect(new Set(smsc.parts().map(({ concatenation }) => concatenation?.reference)).size).toBe(1);
    expect(smsc.parts().every((part) => part.dataCoding === dataCoding && part.esmClass === (long === 'udh' ? 0x40 : 0))).toBe(true);
    expect(smsc.messages()).toMatchObject([{ text, to: '+79160000001', from: 'Vestnik' }]);
    await until(() => expect(new Set(news.receipts.map(({ messageId }) => messageId))).toEqual(new Set(outcome.messageIds)));
  });

  test.each([CYRILLIC, LATIN])('payload: one unit (%#)', async (text) => {
    const { attempt, smsc } = await makeRig({ settings: { long: 'payload' } });
    expect((await attempt(text)).messageIds.length).toBe(1);
    expect(smsc.parts()).toMatchObject([{ text, concatenation: undefined, esmClass: 0 }]);
  });

  test('two long texts at once to one person have different references', async () => {
    const { attempt, smsc } = await makeRig();
    await Promise.all([attempt(CYRILLIC), attempt(`${CYRILLIC}!`)]);
    expect(new Set(smsc.messages().map(({ text }) => text))).toEqual(new Set([CYRILLIC, `${CYRILLIC}!`]));
  });

  test('any text arrives as it was', async () => {
    const { attempt, smsc } = await makeRig({ settings: { window: 100, tps: 100_000 } });
    const texts = fc.sample(fc.string({ unit: fc.constantFrom('a', 'Ж', '€', '😀', '\n', ' '), minLength: 1, maxLength: 400 }), 50);
    for (const text of texts) await attempt(text);
    expect(smsc.messages().map(({ text }) => text)).toEqual(texts);
  });

  test('a text that needs more than 255 parts is refused, not cut', async () => {
    const { attempt, smsc } = await makeRig();
    expect(await attempt('Ж'.repeat(67 * 255 + 1))).toMatchObject({
      result: 'permanent',
      code: 'text',
      detail: 'the text needs 256 parts; 255 are possible',
    });
    expect(smsc.taken()).toBe(0);
  });

  test('a part that fails for good fails the message', async () => {
    const { driver, smsc } = await makeRig({ behaviour: { rules: [{ numbers: /99$/, status: 0x0b }] } });
    const outcome = await driver.attempt(makeOrder('+79160000099', CYRILLIC), NEVER);
    expect(outcome).toMatchObject({ result: 'permanent', code: '0x0000000B', messageIds: [] });
    expect(smsc.taken()).toBe(0);
  });
});

describe('messages of people', () => {
  test('short ones, with the number as the rest of the hub writes it', async () => {
    const { smsc, news } = await makeRig();
    smsc.send('+79160000001', '4711', 'Да');
    smsc.send('Bank', '+79010000000', 'Code 1 {2} €');
    smsc.send('900', '4711', '');
    await until(() =>
      expect(news.messages).toEqual([
        { from: '+79160000001', to: '4711', text: 'Да', id: undefined },
        { from: 'Bank', to: '+79010000000', text: 'Code 1 {2} €', id: undefined },
        { from: '900', to: '4711', text: '', id: undefined },
      ]),
    );
    expect(news.receipts).toEqual([]);
  });

  test('long ones are put together, also when several come at once', async () => {
    const { smsc, news } = await makeRig();
    for (const digit of [1, 2, 3]) smsc.send(`+7916000000${digit}`, '4711', `${digit}: ${CYRILLIC}`);
    await until(() => expect(news.messages.length).toBe(3));
    expect(new Set(news.messages.map(({ text }) => text))).toEqual(new Set([1, 2, 3].map((digit) => `${digit}: ${CYRILLIC}`)));
  });

  test('what could not be stored comes again whole', async () => {
    let failures = 0;
    const long = createLongMessages();
    const texts: string[] = [];
    const { smsc } = await makeRig({
      news: {
        receipts: [],
        messages: [],
        bounces: [],
        changes: 0,
        receipt: async () => undefined,
        incoming: async ({ from, to, text, part }) => {
          // Of the first, of the last and of each part in between: each is said again, and only that one.
          if (++failures % 2 === 1) throw new Error('the database is away');
          if (part) texts.push(...long.add({ from, to, text, concatenation: part }, 0).map((joined) => joined.text));
        },
        bounced: async () => undefined,
        changed: () => undefined,
      },
    });
    smsc.send('+79160000001', '4711', CYRILLIC);
    await until(() => expect(texts).toEqual([CYRILLIC]));
  });
});

describe('sender, receiver, validity', () => {
  test.each([
    ['+79160000001', { ton: 1, npi: 1, number: '79160000001' }],
    ['4711', { ton: 0, npi: 1, number: '4711' }],
    ['Vestnik', { ton: 5, npi: 0, number: 'Vestnik' }],
    ['', { ton: 0, npi: 0, number: '' }],
  ])('sender %j', (source, address) => expect(senderOf(source, { sourceTon: undefined, sourceNpi: undefined })).toEqual(address));

  test('what the settings say of the sender counts', () => {
    expect(senderOf('4711', { sourceTon: 3, sourceNpi: 9 })).toEqual({ ton: 3, npi: 9, number: '4711' });
  });

  test.each([
    [0, ''],
    [10, '000000001000000R'],
    [90, '000000013000000R'],
    [10_080, '000007000000000R'],
    [1_505, '000001010500000R'],
  ])('%i minutes', (minutes, period) => expect(validityOf(minutes)).toBe(period));

  test('reach the centre; an order may have its own sender', async () => {
    const { driver, smsc } = await makeRig({ settings: { validity: 60, source: '+74951234567' } });
    await driver.attempt(makeOrder('+79160000001', 'x'), NEVER);
    await driver.attempt(makeOrder('112', 'x', { from: 'Duty' }), NEVER);
    expect(smsc.parts()).toMatchObject([
      { from: '+74951234567', to: '+79160000001', validity: '000000010000000R' },
      { from: 'Duty', to: '112' },
    ]);
    expect(await driver.attempt(makeOrder('112', 'x', { from: 'Дежурный' }), NEVER)).toMatchObject({ result: 'channel', code: 'sender' });
    expect(await driver.attempt(makeOrder('someone@example.org', 'x'), NEVER)).toMatchObject({ result: 'permanent', code: 'address' });
  });
});

describe('the settings', () => {
  const good = { host: 'smsc.example.org', ...ACCOUNT };

  test('defaults', () => {
    expect(settingsSchema.parse({ host: 'smsc.example.org', systemId: 'v' })).toEqual({
      host: 'smsc.example.org',
      tls: 'none',
      verify: 'full',
      systemId: 'v',
      password: '',
      systemType: '',
      mode: 'transceiver',
      binds: 1,
      source: '',
      destinationNpi: 1,
      window: 10,
      tps: 30,
      enquireLink: 30,
      respTimeout: 10,
      long: 'udh',
      receipts: 'on',
      validity: 0,
    });
  });

  test('numbers may come as texts, as the line protocol has them', () => {
    expect(settingsSchema.parse({ ...good, window: '100', enquireLink: '0.5' })).toMatchObject({ window: 100, enquireLink: 0.5 });
  });

  test.each([
    { host: '' },
    { host: 'a b' },
    { port: 0 },
    { port: 65_536 },
    { systemId: '' },
    { systemId: 'x'.repeat(65) },
    { password: 'x'.repeat(65) },
    { password: 'пароль' },
    { window: 0 },
    { window: 'ten' },
    { tps: 0 },
    { binds: 17 },
    { long: 'split' },
    { receipts: true },
    { respTimeout: 0 },
    { ca: 'no certificate' },
    { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    { unknown: 1 },
  ])('refused: %j', (wrong) => expect(settingsSchema.safeParse({ ...good, ...wrong }).success).toBe(false));

  test('every key is described, and the secrets are keys', () => {
    for (const [key, schema] of Object.entries(settingsSchema.shape)) expect(schema.description, key).toBeTruthy();
    expect(Object.keys(settingsSchema.shape)).toEqual(expect.arrayContaining([...SECRETS]));
  });
});

import { describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import type { IdForm, NumberRule } from '../../smsc/behaviour.ts';
import { createKnownIds } from '../smpp/known-ids.ts';
import { hearNews } from './conformance.ts';
import { makeRig } from './support/smpp.ts';

const rules = (rule: Omit<NumberRule, 'numbers'>): { rules: NumberRule[]; receiptDelay: number } => ({
  rules: [{ numbers: /^/, ...rule }],
  receiptDelay: 5,
});

describe('every spelling of ids', () => {
  const forms: [answer: IdForm, receipt: IdForm][] = [
    ['decimal', 'decimal'],
    ['padded', 'decimal'],
    ['decimal', 'padded'],
    ['hexadecimal', 'decimal'],
    ['decimal', 'hexadecimal'],
    ['hexadecimal', 'padded'],
  ];
  for (const [answerIds, receiptIds] of forms) {
    for (const receiptForm of ['both', 'text', 'options'] as const) {
      test(`answer ${answerIds}, receipt ${receiptIds}, told by ${receiptForm}`, async () => {
        const { attempt, news } = await makeRig({ behaviour: { answerIds, receiptIds, receiptForm, receiptDelay: 5 } });
        const outcomes = await Promise.all([attempt(), attempt('x', '+79160000002'), attempt('y', '+79160000003')]);
        await until(() => expect(news.receipts.length).toBe(3));
        expect(new Set(news.receipts.map(({ messageId }) => messageId))).toEqual(new Set(outcomes.flatMap(({ messageIds }) => messageIds)));
        expect(news.receipts.every(({ result, code }) => result === 'delivered' && code === 'DELIVRD')).toBe(true);
      });
    }
  }

  test('an id in another radix must be of the same receiver', () => {
    const known = createKnownIds();
    known.add('10', '+79160000001');
    expect(known.find('10', '')).toBe('10');
    expect(known.find('16', '89160000001')).toBe('10');
    expect(known.find('16', '+79160000002')).toBeUndefined();
    known.add('16', '+79160000002');
    expect(known.find('0016', '89160000001')).toBe('16');
  });

  test('the last ids are kept, the older ones go', () => {
    const known = createKnownIds(10);
    for (let id = 1; id <= 100; id++) known.add(String(id), '');
    expect(known.find('95', '')).toBe('95');
    expect(known.find('70', '')).toBeUndefined();
  });
});

describe('what receipts say', () => {
  test.each([
    ['DELIVRD', 'delivered'],
    ['EXPIRED', 'temporary'],
    ['UNDELIV', 'temporary'],
    ['REJECTD', 'permanent'],
    ['DELETED', 'permanent'],
  ])('%s', async (receipt, result) => {
    const { attempt, news } = await makeRig({ behaviour: rules({ receipt, error: '012' }) });
    const { messageIds } = await attempt();
    await until(() =>
      expect(news.receipts).toEqual([{ messageId: messageIds[0], result, code: receipt, detail: `${receipt}, error 012 of the network` }]),
    );
  });

  test.each(['ACCEPTD', 'ENROUTE', 'UNKNOWN', 'SKIPPED'])('%s is nothing yet, and the centre hears that it was taken', async (receipt) => {
    const { attempt, news } = await makeRig({ behaviour: { rules: [{ numbers: /1$/, receipt }], receiptDelay: 5 } });
    await attempt('under way', '+79160000001');
    const { messageIds } = await attempt('there', '+79160000002');
    await until(() => expect(news.receipts.map(({ messageId }) => messageId)).toEqual(messageIds));
  });

  test('doubled receipts are told twice, under the same id', async () => {
    const { attempt, news } = await makeRig({ behaviour: rules({ copies: 2 }) });
    const { messageIds } = await attempt();
    await until(() => expect(news.receipts.map(({ messageId }) => messageId)).toEqual([messageIds[0], messageIds[0]]));
  });

  test('a late receipt finds its message, whatever came between', async () => {
    const { attempt, news } = await makeRig({
      behaviour: { answerIds: 'hexadecimal', rules: [{ numbers: /1$/, delay: 400 }], receiptDelay: 1 },
    });
    const late = await attempt('late', '+79160000001');
    const others = await Promise.all(Array.from({ length: 10 }, (_, index) => attempt('x', `+791600000${index}2`)));
    await until(() => expect(news.receipts.length).toBe(11));
    expect(news.receipts.at(-1)?.messageId).toBe(late.messageIds[0]);
    expect(new Set(news.receipts.map(({ messageId }) => messageId)).size).toBe(others.length + 1);
  });

  test('no receipt at all: the attempt is submitted and nothing is told', async () => {
    const { attempt, news, smsc } = await makeRig({ behaviour: rules({ receipt: 'none' }) });
    expect((await attempt()).result).toBe('submitted');
    smsc.send('+79160000001', '4711', 'after');
    await until(() => expect(news.messages.length).toBe(1));
    expect(news.receipts).toEqual([]);
  });

  test('without receipts the taking counts, and none is asked for', async () => {
    const { attempt, smsc } = await makeRig({ settings: { receipts: 'off' } });
    expect(await attempt()).toMatchObject({ result: 'done', code: '0x00000000' });
    expect(smsc.parts()[0]?.registeredDelivery).toBe(0);
  });
});

describe('receipts before the answer to the message', () => {
  test('wait for it, also in another radix, and are told after the attempt has ended', async () => {
    const news = hearNews();
    const order: string[] = [];
    const { attempt } = await makeRig({
      news: { ...news, receipt: async ({ messageId }) => void order.push(messageId) },
      behaviour: { ...rules({ answerAfter: 150 }), answerIds: 'hexadecimal', receiptIds: 'padded' },
    });
    const { messageIds } = await attempt().then((outcome) => {
      order.push('attempt');
      return outcome;
    });
    await until(() => expect(order).toEqual(['attempt', messageIds[0]]));
  });

  test('of an id that nobody knows is told as it is written, when nothing is under way', async () => {
    const { news, smsc, attempt } = await makeRig({ behaviour: { receiptDelay: 300, answerIds: 'decimal' } });
    const { messageIds } = await attempt();
    await smsc.stop();
    await smsc.start();
    // The centre has forgotten its receipt; one of a message of an earlier life of the hub comes instead.
    smsc.send('+79160000001', '4711', 'id:000077 sub:001 dlvrd:001 submit date:2611220000 done date:2611220000 stat:DELIVRD err:000 text:');
    await until(() => expect(news.receipts).toEqual([{ messageId: '77', result: 'delivered', code: 'DELIVRD', detail: 'DELIVRD' }]));
    expect(messageIds).not.toContain('77');
  });

  test('the link is cut before the answer comes: the receipt is told all the same', async () => {
    const { attempt, news, smsc } = await makeRig({ behaviour: rules({ answerAfter: 60_000 }), settings: { respTimeout: 0.3 } });
    expect(await attempt()).toMatchObject({ result: 'unknown', code: 'lost', messageIds: [] });
    await until(() => expect(news.receipts.map(({ messageId }) => messageId)).toEqual([smsc.parts()[0]?.id]));
  });
});

describe('a fact is acknowledged only when it is stored', () => {
  test('while the promise is open the centre waits; the next ones go on', async () => {
    const news = hearNews();
    const open: (() => void)[] = [];
    const { attempt, smsc } = await makeRig({
      news: { ...news, receipt: (receipt) => new Promise((resolve) => open.push(() => resolve(news.receipt(receipt)))) },
    });
    await attempt();
    await attempt();
    await until(() => expect(open.length).toBe(2));
    // An answer would have let the centre forget them: it sends what has no answer again over the next connection.
    smsc.cut();
    await until(() => expect(open.length).toBe(4));
    for (const resolve of open) resolve();
    await until(() => expect(news.receipts.length).toBe(4));
    await until(() => expect(smsc.pending()).toBe(0));
    smsc.cut();
    await until(async () => expect((await attempt('one more')).result).toBe('submitted'));
    await until(() => expect(open.length).toBe(5));
  });

  test('what could not be stored is asked for again', async () => {
    const news = hearNews();
    let failures = 0;
    const { attempt } = await makeRig({
      news: {
        ...news,
        receipt(receipt) {
          if (++failures === 1) throw new Error('the database is away');
          if (failures === 2) return Promise.reject(new Error('the database is away'));
          return news.receipt(receipt);
        },
      },
    });
    const { messageIds } = await attempt();
    await until(() => expect(news.receipts.map(({ messageId }) => messageId)).toEqual(messageIds));
    expect(failures).toBe(3);
  });

  test('messages of people too', async () => {
    const news = hearNews();
    let failures = 0;
    const { smsc } = await makeRig({
      news: { ...news, incoming: (message) => (++failures < 2 ? Promise.reject(new Error('not now')) : news.incoming(message)) },
    });
    smsc.send('+79160000001', '4711', 'Да, получил');
    await until(() => expect(news.messages).toEqual([{ from: '+79160000001', to: '4711', text: 'Да, получил', id: undefined }]));
  });
});

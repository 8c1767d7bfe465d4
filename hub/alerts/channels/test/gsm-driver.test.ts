import { expect, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import { cabledModem } from './support/cabled-modem.ts';

// A modem at work: what it sends, and what becomes of that when it, its cable or the network fail.

requires('socat').describe('sending by a GSM modem', () => {
  const cable = cabledModem();
  const { started, ready, send } = cable;

  test('with receipts: submitted, and the receipt finds the part', async () => {
    await started({ reports: 0, reference: 254 });
    const outcomes = [await send('один'), await send('два'), await send('три')];
    expect(outcomes.map(({ result, messageIds }) => [result, messageIds])).toEqual([
      ['submitted', ['254@1234567']],
      ['submitted', ['255@1234567']],
      ['submitted', ['0@1234567']],
    ]);
    await until(() => expect(cable.news.receipts.map(({ messageId }) => messageId)).toEqual(['254@1234567', '255@1234567', '0@1234567']));
    expect(cable.news.receipts[0]).toMatchObject({ result: 'delivered', code: 'ST 0x00' });
    expect(cable.modem.sent.every(({ receipt, validity }) => receipt && validity === 167)).toBe(true);
    await until(() => expect(cable.modem.unacknowledged).toEqual([]));
  });
  test('a report that is faster than the other parts waits for them', async () => {
    await started({ reports: 0, sending: 30 });
    const order: string[] = [];
    const receipt = cable.news.receipt;
    cable.news.receipt = (told) => {
      order.push(told.messageId);
      return receipt(told);
    };
    const { messageIds } = await send('x'.repeat(400)).finally(() => order.push('answered'));
    await until(() => expect(order).toHaveLength(4));
    expect(order).toEqual(['answered', ...messageIds]);
  });
  test('without receipts: done; service centre and validity as they are set', async () => {
    await started({}, { receipts: 'off', smsc: '+79000000000', validity: '1' });
    expect(await send()).toMatchObject({ result: 'done', channel: 0, messageIds: ['1@1234567'] });
    expect(cable.modem.sent[0]).toMatchObject({ receipt: false, validity: 11, serviceCentre: '919700000000f0' });
  });
  test('a long text goes in parts of one reference, each with its id', async () => {
    await started();
    const text = 'Учебная тревога, сбор во дворе корпуса 2. '.repeat(5);
    const { result, messageIds } = await send(text);
    expect([result, messageIds.length]).toEqual(['submitted', 4]);
    expect(cable.modem.sent.map((part) => part.text).join('')).toBe(text);
    expect(new Set(cable.modem.sent.map(({ concatenation }) => concatenation?.reference)).size).toBe(1);
    expect(cable.modem.sent.map(({ concatenation }) => [concatenation?.place, concatenation?.total])).toEqual(
      [1, 2, 3, 4].map((place) => [place, 4]),
    );
    await send(text);
    expect(cable.modem.sent[4]?.concatenation?.reference).not.toBe(cable.modem.sent[0]?.concatenation?.reference);
  });
  test.each([
    ['+CMS ERROR: 1', 'permanent'],
    ['+CMS ERROR: 28', 'permanent'],
    ['+CMS ERROR: 30', 'permanent'],
    ['+CMS ERROR: 27', 'temporary'],
    ['+CMS ERROR: 38', 'temporary'],
    ['+CMS ERROR: 41', 'temporary'],
    ['+CMS ERROR: 42', 'temporary'],
    ['+CMS ERROR: 47', 'temporary'],
    ['+CMS ERROR: 331', 'temporary'],
    ['+CMS ERROR: 332', 'temporary'],
    ['+CMS ERROR: 314', 'channel'],
    ['+CMS ERROR: 330', 'channel'],
    ['+CMS ERROR: 500', 'channel'],
    ['+CMS ERROR: 12345', 'channel'],
    ['ERROR', 'channel'],
  ])('%s is %s, and the modem goes on', async (refusal, result) => {
    await started({ refusals: [refusal] });
    const outcome = await send();
    expect(outcome).toMatchObject({ result, code: refusal.replace(/^\+(CMS) ERROR: /, '$1 '), messageIds: [], channel: 0 });
    expect(outcome.detail).not.toBe('');
    expect(await send()).toMatchObject({ result: 'submitted' });
    expect(cable.driver.states()[0]).toMatchObject({ ok: 1, failed: 1 });
  });
  test.each(['310', '311', '312', '313', '315', '316', '317', '318'])(
    '+CMS ERROR: %s is a fault of the SIM: the modem is started anew',
    async (number) => {
      await started({ refusals: [`+CMS ERROR: ${number}`] });
      expect(await send()).toMatchObject({ result: 'channel', code: `CMS ${number}` });
      await until(() => expect(cable.modem.commands.filter((command) => command === 'AT+CPIN?').length).toBeGreaterThan(1));
      await ready();
    },
  );
  test('no answer to the text is unknown; the late one disturbs nobody', async () => {
    await started({ refusals: ['late'] });
    expect(await send('eins')).toMatchObject({ result: 'unknown', code: 'timeout', messageIds: [] });
    cable.modem.say('\r\n+CMGS: 1\r\n\r\nOK\r\n');
    expect(await send('zwei')).toMatchObject({ result: 'submitted', messageIds: ['2@1234567'] });
  });
  test('no prompt: nothing was sent', async () => {
    await started({ withoutPrompt: true });
    expect(await send()).toMatchObject({ result: 'channel', code: 'timeout' });
    cable.modem.behaviour.withoutPrompt = false;
    await ready();
    expect(await send()).toMatchObject({ result: 'submitted' });
    expect(cable.modem.sent).toHaveLength(1);
  });
  test('a part that fails ends the message with its result', async () => {
    await started({ refusals: [] });
    let parts = 0;
    cable.modem.behaviour.refuse = () => (++parts === 2 ? '+CMS ERROR: 42' : undefined);
    expect(await send('x'.repeat(400))).toMatchObject({
      result: 'temporary',
      code: 'CMS 42',
      detail: expect.stringContaining('part 2 of 3'),
    });
    expect(cable.modem.sent).toHaveLength(1);
  });
  test('a fault of the modem behind the first part: unknown, as the whole message would be sent again at once', async () => {
    await started();
    let parts = 0;
    cable.modem.behaviour.refuse = () => (++parts === 2 ? '+CMS ERROR: 500' : undefined);
    expect(await send('x'.repeat(400))).toMatchObject({ result: 'unknown', code: 'CMS 500' });
    expect(cable.modem.sent).toHaveLength(1);
  });
  test('aborted behind the first part: unknown; a task that may not use the modem: not sent', async () => {
    await started({ sending: 50 });
    const abort = new AbortController();
    const sending = send('x'.repeat(400), {}, abort.signal);
    await until(() => expect(cable.modem.sent).toHaveLength(1));
    abort.abort();
    expect(await sending).toMatchObject({ result: 'unknown', channel: 0 });
    await until(async () => expect(await send('ok', { channels: new Set([1]) })).toMatchObject({ result: 'channel', code: 'mask' }));
    expect(await send('danach', { channels: new Set([0]) })).toMatchObject({ result: 'submitted' });
    expect(cable.modem.sent.at(-1)?.text).toBe('danach');
  });
});

requires('socat').describe('faults of a GSM modem', () => {
  const cable = cabledModem();
  const { plugNew, make, started, ready, fault, send } = cable;

  test('unplugged: fault; plugged in again: works within ten seconds, with the waits of the product', async () => {
    await plugNew({});
    await make({}, { timing: {} }).start();
    await ready();
    await cable.plug.unplug();
    await fault(/./);
    expect(await send()).toMatchObject({ result: 'channel' });
    const begin = performance.now();
    await cable.plug.plugIn();
    await ready();
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(await send()).toMatchObject({ result: 'submitted' });
  }, 40_000);
  test('unplugged while it sends: unknown', async () => {
    await started({ refusals: ['silence'] });
    const sending = send();
    await until(() => expect(cable.modem.commands.some((command) => command.startsWith('AT+CMGS'))).toBe(true));
    await new Promise((done) => setTimeout(done, 100));
    await cable.plug.unplug();
    expect(await sending).toMatchObject({ result: 'unknown' });
  });
  test('three silent commands: the port is opened again', async () => {
    await started();
    cable.modem.behaviour.silent = true;
    expect(await send()).toMatchObject({ result: 'channel' });
    await fault(/does not answer/);
    cable.modem.behaviour.silent = false;
    await ready();
  });
  test('the network goes and comes', async () => {
    await started();
    cable.modem.behaviour.registration = 2;
    cable.modem.say('\r\n+CREG: 2\r\n');
    await fault(/not registered/);
    cable.modem.behaviour.registration = 5;
    await ready();
    expect(cable.driver.states()[0]).toMatchObject({ state: 'free' });
  });
  test('a stop waits for what is being sent', async () => {
    await started({ sending: 200 });
    const sending = send();
    await until(() => expect(cable.driver.states()[0]?.state).toBe('sending'));
    await cable.driver.stop(5_000);
    expect(await sending).toMatchObject({ result: 'submitted' });
    expect(cable.plug.users()).toBe(0);
  });
});

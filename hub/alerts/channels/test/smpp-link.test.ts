import { PDU } from 'smpp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { PAUSES, pauseAfter } from '../smpp/keep-link.ts';
import { makeOrder } from './conformance.ts';
import { makeRig, NEVER, startSmsc } from './support/smpp.ts';
import { driverAt, hearTelemetry, ready, theirCentre } from './support/smpp-peers.ts';
import { makeTlsPair } from './support/tls-pair.ts';

// How a bind is made, kept, cut and ended.

const { alarms } = hearTelemetry();

describe('the bind', () => {
  test.each([
    [0x0d, 'the bind was refused'],
    [0x0e, 'the password is wrong'],
    [0x0f, 'the system id is wrong'],
  ])('refused with %i: an alarm, a fault, and the next try only after the long pause', async (status, why) => {
    const smsc = await startSmsc({ behaviour: { bindStatus: status } });
    onTestFinished(() => smsc.stop());
    const driver = await driverAt(smsc.port);
    await until(() => expect(driver.states()[0]).toMatchObject({ state: 'fault', info: expect.stringContaining(why) }));
    expect(alarms()).toEqual(['the message centre refuses the bind: check systemId, password and systemType']);
    expect(await driver.attempt(makeOrder('+79160000001', 'x'), NEVER)).toMatchObject({
      result: 'channel',
      detail: expect.stringContaining(why),
    });
    smsc.behave({ bindStatus: 0 });
    const begin = performance.now();
    await ready(driver);
    expect(performance.now() - begin).toBeGreaterThan(1_000);
  });

  test('wrong login and wrong password are told apart', async () => {
    const smsc = await startSmsc();
    onTestFinished(() => smsc.stop());
    const one = await driverAt(smsc.port, { password: 'wrong' });
    const other = await driverAt(smsc.port, { systemId: 'nobody' });
    await until(() => expect(one.states()[0]?.info).toBe('the password is wrong: 0x0000000E'));
    await until(() => expect(other.states()[0]?.info).toBe('the system id is wrong: 0x0000000F'));
  });

  test('refused for another reason it is tried again soon', async () => {
    const smsc = await startSmsc({ behaviour: { bindStatus: 0x05 } });
    onTestFinished(() => smsc.stop());
    const driver = await driverAt(smsc.port);
    await until(() => expect(driver.states()[0]?.info).toContain('status 5'));
    smsc.behave({ bindStatus: 0 });
    await ready(driver);
    expect(alarms()).toEqual([]);
  });

  test('the pauses: 1 s, doubled up to 60 s, with a fifth more or less', () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => pauseAfter(failures, 0.5, PAUSES) / 1000);
    expect(middle).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect([0, 1].map((random) => Math.round(pauseAfter(1, random, PAUSES)))).toEqual([800, 1_200]);
    expect(PAUSES.refused).toBe(300_000);
  });

  test('a receiver that is refused does not stop the transmitter, and is seen', async () => {
    const { port } = await theirCentre((session) => {
      session.on('bind_transmitter', (pdu: PDU) => session.send(pdu.response()));
      session.on('bind_receiver', (pdu: PDU) => session.send(pdu.response({ command_status: 0x0d })));
      session.on('submit_sm', (pdu: PDU) => session.send(pdu.response({ message_id: '1' })));
    });
    const driver = await driverAt(port, { mode: 'transmitter+receiver' });
    await ready(driver);
    await until(() => expect(driver.states()[0]?.info).toBe('inflight=0;window=10;receiver=the bind was refused: 0x0000000D'));
    expect((await driver.attempt(makeOrder('+79160000001', 'x'), NEVER)).result).toBe('submitted');
  });

  test('transmitter and receiver are two connections', async () => {
    const { driver, attempt, news, smsc } = await makeRig({ settings: { mode: 'transmitter+receiver' } });
    await until(() => expect(smsc.connections().bound).toBe(2));
    await until(() => expect(driver.states()[0]).toMatchObject({ state: 'free', info: 'inflight=0;window=10' }));
    expect((await attempt()).result).toBe('submitted');
    await until(() => expect(news.receipts.length).toBe(1));
  });

  test('several binds are several channels, and orders may be kept to some of them', async () => {
    const { driver, smsc } = await makeRig({ settings: { binds: 3, window: 7 } });
    await until(() => expect(driver.states().map(({ state }) => state)).toEqual(['free', 'free', 'free']));
    expect(smsc.connections().bound).toBe(3);
    expect(driver.capacity()).toBe(21);
    for (const place of [2, 0, 1]) {
      const order = makeOrder('+79160000001', 'x', { channels: new Set([place]) });
      expect(await driver.attempt(order, NEVER)).toMatchObject({ result: 'submitted', channel: place });
    }
    expect(await driver.attempt(makeOrder('+79160000001', 'x', { channels: new Set() }), NEVER)).toMatchObject({ result: 'channel' });
    expect(await driver.attempt(makeOrder('+79160000001', 'x', { channels: new Set([9]) }), NEVER)).toMatchObject({ result: 'channel' });
    expect(driver.states().map(({ ok }) => ok)).toEqual([1, 1, 1]);
    const many = await Promise.all(Array.from({ length: 9 }, () => driver.attempt(makeOrder('+79160000001', 'x'), NEVER)));
    expect(new Set(many.map(({ channel }) => channel))).toEqual(new Set([0, 1, 2]));
  });

  test('one bind is cut: its own messages are unknown, those that wait go by another', async () => {
    const { port, sessions } = await theirCentre((session) => {
      session.on('submit_sm', (pdu: PDU) => {
        if (session !== sessions[0]) session.send(pdu.response({ message_id: '1' }));
        else if (pdu['destination_addr'] === '79160000003') session.destroy();
      });
    });
    const driver = await driverAt(port, { binds: 2, window: 2, respTimeout: 30 });
    await until(() => expect(driver.capacity()).toBe(4));
    const byFirst = (address: string) => driver.attempt(makeOrder(address, 'x', { channels: new Set([0, 1]) }), NEVER);
    // The first two go one to each bind, the next two too; the fourth waits behind the window of the first until that is cut.
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((digit) => byFirst(`+7916000000${digit}`)));
    const results = outcomes.map(({ result }) => result);
    expect(results.filter((result) => result === 'unknown').length).toBe(2);
    expect(results.filter((result) => result === 'submitted').length).toBe(6);
  });

  test('TLS: the certificate is checked, by name, against the given authority', async () => {
    const pair = await makeTlsPair('smsc.test', '127.0.0.1');
    const smsc = await startSmsc({ tls: pair });
    onTestFinished(() => smsc.stop());
    const good = await driverAt(smsc.port, { tls: 'implicit', ca: pair.ca });
    const named = await driverAt(smsc.port, { tls: 'implicit', ca: pair.ca, tlsName: 'smsc.test' });
    const loose = await driverAt(smsc.port, { tls: 'implicit', verify: 'none' });
    const strict = await driverAt(smsc.port, { tls: 'implicit' });
    const misnamed = await driverAt(smsc.port, { tls: 'implicit', ca: pair.ca, tlsName: 'other.test' });
    const plain = await driverAt(smsc.port);
    for (const driver of [good, named, loose]) {
      await ready(driver);
      expect((await driver.attempt(makeOrder('+79160000001', 'Привет'), NEVER)).result).toBe('submitted');
    }
    await until(() => expect(strict.states()[0]?.info).toMatch(/certificate/));
    await until(() => expect(misnamed.states()[0]?.info).toMatch(/altnames/));
    await until(() => expect(plain.states()[0]).toMatchObject({ state: 'fault', info: expect.not.stringMatching(/not connected/) }));
  });
});

describe('the life of the link', () => {
  test('the centre tests the link and is answered, and it is tested in silence', async () => {
    let answered = 0;
    let tests = 0;
    const { port } = await theirCentre((session) => {
      session.on('bind_transceiver', () => session.enquire_link(() => answered++));
      session.on('enquire_link', () => tests++);
    });
    await ready(await driverAt(port, { enquireLink: 0.2 }));
    await until(() => expect(answered).toBe(1));
    await until(() => expect(tests).toBeGreaterThan(2));
  });

  test('a half-open link is found within enquireLink + respTimeout, and what was in flight is unknown', async () => {
    const { driver, attempt, smsc } = await makeRig({ settings: { enquireLink: 0.5, respTimeout: 0.5 } });
    smsc.behave({ silent: true });
    const begin = performance.now();
    await until(() => expect(driver.states()[0]?.state).toBe('fault'));
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(driver.states()[0]?.info).toBe('no answer in 0.5 s');
    smsc.behave({ silent: false });
    await ready(driver);
    smsc.behave({ silent: true });
    const outcome = await attempt();
    expect(outcome).toMatchObject({ result: 'unknown', code: 'lost', channel: 0 });
  });

  test('the goodbye of stop() is said, and attempts under way end first', async () => {
    let goodbyes = 0;
    const { port } = await theirCentre((session) => {
      session.on('submit_sm', (pdu: PDU) => setTimeout(() => session.send(pdu.response({ message_id: '5' })), 200));
      session.on('unbind', () => goodbyes++);
    });
    const driver = await driverAt(port);
    await ready(driver);
    const pending = driver.attempt(makeOrder('+79160000001', 'x'), NEVER);
    await driver.stop(5_000);
    expect(await pending).toMatchObject({ result: 'submitted', messageIds: ['5'] });
    expect(goodbyes).toBe(1);
  });

  test('stop() lets go what waits, and waits for what is under way', async () => {
    const { port } = await theirCentre((session) => {
      session.on('submit_sm', (pdu: PDU) => setTimeout(() => session.send(pdu.response({ message_id: '5' })), 200));
    });
    const driver = await driverAt(port, { window: 2 });
    await ready(driver);
    const pending = Array.from({ length: 20 }, () => driver.attempt(makeOrder('+79160000001', 'x'), NEVER));
    const begin = performance.now();
    await driver.stop(5_000);
    expect(performance.now() - begin).toBeLessThan(4_000);
    const results = (await Promise.all(pending)).map(({ result }) => result);
    expect(results.filter((result) => result === 'submitted').length).toBe(2);
    expect(results.filter((result) => result === 'canceled').length).toBe(18);
  });

  test('answers that differ from part to part: what was taken in part is never told as untouched', async () => {
    let statuses: number[] = [];
    const { port } = await theirCentre((session) => {
      session.on('submit_sm', (pdu: PDU) => session.send(pdu.response({ message_id: '5', command_status: statuses.shift() ?? 0 })));
    });
    const driver = await driverAt(port);
    await ready(driver);
    const attempt = (...answers: number[]) => {
      statuses = answers;
      return driver.attempt(makeOrder('+79160000001', 'Ж'.repeat(200)), NEVER);
    };
    expect(await attempt(0x58, 0x58, 0x58)).toMatchObject({ result: 'slow', messageIds: [] });
    expect(await attempt(0, 0x58, 0x08)).toMatchObject({
      result: 'unknown',
      code: '0x00000058',
      detail: expect.stringContaining('1 of 3 parts'),
    });
    expect(await attempt(0, 0x08, 0)).toMatchObject({
      result: 'temporary',
      code: '0x00000008',
      detail: expect.stringContaining('2 of 3 parts'),
    });
    expect(await attempt(0, 0x08, 0x0b)).toMatchObject({ result: 'permanent', code: '0x0000000B' });
    expect(await attempt(0x0a, 0x0a, 0x0a)).toMatchObject({ result: 'channel', code: '0x0000000A' });
  });

  test('the goodbye of the centre is answered, then the link is opened anew', async () => {
    let answers = 0;
    const { port, sessions } = await theirCentre(() => undefined);
    const driver = await driverAt(port);
    await ready(driver);
    sessions[0]?.unbind((answer) => {
      expect(answer.command_status).toBe(0);
      answers++;
    });
    await until(() => expect(sessions.length).toBe(2));
    await ready(driver);
    expect(answers).toBe(1);
  });

  test('generic_nack for a message is an answer like another', async () => {
    const { port } = await theirCentre((session) => {
      session.on('submit_sm', (pdu: PDU) =>
        session.send(new PDU('generic_nack', { sequence_number: pdu.sequence_number, command_status: 2 })),
      );
    });
    const driver = await driverAt(port);
    await ready(driver);
    expect(await driver.attempt(makeOrder('+79160000001', 'x'), NEVER)).toMatchObject({ result: 'channel', code: '0x00000002' });
    expect(alarms()).toEqual(['the message centre does not accept what we send: check the settings of the group']);
    await driver.attempt(makeOrder('+79160000001', 'x'), NEVER);
    expect(alarms().length).toBe(1);
  });

  test('a taking without an id cannot have a receipt: unknown', async () => {
    const { port } = await theirCentre((session) => {
      session.on('submit_sm', (pdu: PDU) => session.send(pdu.response({ message_id: '' })));
    });
    const driver = await driverAt(port);
    await ready(driver);
    expect(await driver.attempt(makeOrder('+79160000001', 'x'), NEVER)).toMatchObject({ result: 'unknown', messageIds: [] });
    const careless = await driverAt(port, { receipts: 'off' });
    await ready(careless);
    expect(await careless.attempt(makeOrder('+79160000001', 'x'), NEVER)).toMatchObject({ result: 'done' });
  });
});

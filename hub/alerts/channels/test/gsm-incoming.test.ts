import { expect, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import { cabledModem, NUMBER } from './support/cabled-modem.ts';

// What a modem receives: replies and reports, told at once or stored in its memory.

requires('socat').describe('what comes in by a GSM modem', () => {
  const cable = cabledModem();
  const { plugNew, make, started, ready, send } = cable;

  test('a reply is acknowledged only when it is stored', async () => {
    await started({}, { number: '+79990001122' });
    let store: () => void = () => {};
    const stored = new Promise<void>((done) => {
      store = done;
    });
    const incoming = cable.news.incoming;
    cable.news.incoming = async (message) => {
      await stored;
      await incoming(message);
    };
    cable.modem.receive(NUMBER, 'Да 4711');
    await until(() => expect(cable.modem.unacknowledged).toHaveLength(1));
    expect(await send('während')).toMatchObject({ result: 'submitted' });
    expect(cable.modem.commands).not.toContain('AT+CNMA');
    store();
    await until(() => expect(cable.modem.unacknowledged).toEqual([]));
    expect(cable.news.messages).toMatchObject([{ from: NUMBER, to: '+79990001122', text: 'Да 4711' }]);
    expect(cable.news.messages[0]?.id).toMatch(/^\+79161234567@.*#/);
  });
  test('what could not be stored is not acknowledged, and the modem is told to tell again', async () => {
    await started();
    cable.news.incoming = () => Promise.reject(new Error('no database'));
    cable.modem.receive(NUMBER, 'verloren?');
    await until(() => expect(cable.modem.unacknowledged).toHaveLength(1));
    cable.modem.say('\r\n+CREG: 1\r\n');
    await until(() => expect(cable.modem.commands.filter((command) => command.startsWith('AT+CNMI=')).length).toBeGreaterThan(1));
    expect(cable.modem.commands).not.toContain('AT+CNMA');
  });
  test('a long message comes as one, whatever the order of its parts', async () => {
    await started();
    cable.modem.receive(NUMBER, 'вторая.', { reference: 7, total: 2, place: 2 });
    cable.modem.receive(NUMBER, 'Первая, ', { reference: 7, total: 2, place: 1 });
    await until(() => expect(cable.news.messages.map(({ text }) => text)).toEqual(['Первая, вторая.']));
    await until(() => expect(cable.modem.unacknowledged).toEqual([]));
  });
  test.each([
    [0x46, 'temporary'],
    [0x41, 'permanent'],
    [0x65, 'temporary'],
  ])('a report of status %i is %s', async (status, result) => {
    await started();
    cable.modem.report(9, '89161234567', 0x30);
    cable.modem.report(9, '89161234567', status);
    await until(() => expect(cable.news.receipts).toMatchObject([{ messageId: '9@1234567', result }]));
    await until(() => expect(cable.modem.unacknowledged).toEqual([]));
  });
  test('garbage is left out, acknowledged and does not disturb', async () => {
    await started();
    cable.modem.say('\r\n+CMT: ,5\r\n00FF\r\n\r\n+CDS: 5\r\nhello\r\n\u0000\u0080\r\n+CMTI: "SM",77\r\n^BOOT:1234\r\nRING\r\n');
    cable.modem.receive(NUMBER, 'danach');
    await until(() => expect(cable.news.messages.map(({ text }) => text)).toEqual(['danach']));
    expect(await send()).toMatchObject({ result: 'submitted' });
  });
  test('with a memory: read, stored, deleted; what waited there before the start, too', async () => {
    await plugNew({});
    cable.modem.receive(NUMBER, 'vor dem Start');
    cable.modem.receive(NUMBER, 'teil 1 ', { reference: 3, total: 2, place: 1 });
    await make({ storage: 'SM' }).start();
    await ready();
    await until(() => expect(cable.news.messages.map(({ text }) => text)).toEqual(['vor dem Start']));
    // A part is stored with us, too, and need not wait in the memory for the others.
    await until(() => expect(cable.modem.stored.size).toBe(0));
    cable.modem.receive(NUMBER, 'teil 2', { reference: 3, total: 2, place: 2 });
    await until(() => expect(cable.news.messages.map(({ text }) => text)).toEqual(['vor dem Start', 'teil 1 teil 2']));
    cable.modem.report(5, NUMBER, 0);
    await until(() => expect(cable.news.receipts).toMatchObject([{ messageId: '5@1234567', result: 'delivered' }]));
    await until(() => expect(cable.modem.stored.size).toBe(0));
  });
  test('with a memory: what could not be stored stays there and is read again', async () => {
    await started({}, { storage: 'SM' });
    const incoming = cable.news.incoming;
    cable.news.incoming = () => Promise.reject(new Error('no database'));
    cable.modem.receive(NUMBER, 'bleibt');
    await until(() => expect(cable.modem.commands.some((command) => command.startsWith('AT+CMGR'))).toBe(true));
    cable.news.incoming = incoming;
    await until(() => {
      cable.modem.say('\r\n+CREG: 1\r\n');
      expect(cable.news.messages.map(({ text }) => text)).toEqual(['bleibt']);
    });
    await until(() => expect(cable.modem.stored.size).toBe(0));
  });
});

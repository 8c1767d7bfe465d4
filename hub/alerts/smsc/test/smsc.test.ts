import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { connect, PDU, type PduFields, type Session } from 'smpp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import { makeTlsPair } from '../../channels/test/support/tls-pair.ts';
import { createSmsc, type Smsc, type SmscOptions } from '../smsc.ts';

async function start(options: Partial<SmscOptions> = {}): Promise<Smsc> {
  const smsc = createSmsc({
    accounts: [
      { systemId: 'one', password: 'first' },
      { systemId: 'two', password: 'second' },
    ],
    behaviour: { receiptDelay: 5 },
    replyDelay: 5,
    ...options,
  });
  await smsc.start();
  onTestFinished(() => smsc.stop());
  return smsc;
}

/** A client made of npm smpp. `deliveries` are what it was sent; they are answered with `status`. */
async function client(
  smsc: Smsc,
  { tls = false, status = () => 0 }: { tls?: boolean; status?: () => number } = {},
): Promise<{ session: Session; deliveries: PDU[]; ask: Ask }> {
  const session = connect({ host: '127.0.0.1', port: smsc.port, tls, rejectUnauthorized: false });
  const deliveries: PDU[] = [];
  session.on('error', () => undefined);
  session.on('deliver_sm', (pdu: PDU) => {
    deliveries.push(pdu);
    session.send(pdu.response({ command_status: status() }));
  });
  onTestFinished(() => session.destroy());
  await once(session, tls ? 'secureConnect' : 'connect');
  const ask: Ask = (command, fields = {}) => new Promise((resolve) => session.send(new PDU(command, fields), resolve));
  return { session, deliveries, ask };
}
type Ask = (command: string, fields?: PduFields) => Promise<PDU>;
const LOGIN = { system_id: 'one', password: 'first' };

describe('binding', () => {
  test.each([
    [LOGIN, 0],
    [{ system_id: 'one', password: 'second' }, 0x0e],
    [{ system_id: 'three', password: 'first' }, 0x0f],
    [{ system_id: '', password: '' }, 0x0f],
  ])('%j is answered %i', async (fields, status) => {
    const smsc = await start();
    for (const command of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
      const { ask } = await client(smsc);
      expect((await ask(command, fields)).command_status).toBe(status);
    }
    expect(smsc.connections()).toEqual({ open: 3, bound: status === 0 ? 3 : 0 });
  });

  test('twice is once too often; without it nothing is taken; goodbye closes', async () => {
    const smsc = await start();
    const { ask, session } = await client(smsc);
    expect((await ask('submit_sm', { destination_addr: '1' })).command_status).toBe(4);
    expect((await ask('bind_receiver', LOGIN)).command_status).toBe(0);
    expect((await ask('bind_receiver', LOGIN)).command_status).toBe(5);
    expect((await ask('submit_sm', { destination_addr: '1' })).command_status).toBe(4);
    expect((await ask('enquire_link')).command).toBe('enquire_link_resp');
    expect(await ask('query_sm', { message_id: '1' })).toMatchObject({ command: 'generic_nack', command_status: 3 });
    const closed = once(session, 'close');
    expect((await ask('unbind')).command_status).toBe(0);
    await closed;
    await until(() => expect(smsc.connections().open).toBe(0));
  });

  test('over TLS', async () => {
    const smsc = await start({ tls: await makeTlsPair('smsc.test') });
    const { ask } = await client(smsc, { tls: true });
    expect((await ask('bind_transceiver', LOGIN)).command_status).toBe(0);
  });
});

describe('messages', () => {
  const submit = { source_addr: '4711', dest_addr_ton: 1, destination_addr: '79160000001', short_message: 'hello', registered_delivery: 1 };

  test('are taken, remembered, and their receipts delivered to the account', async () => {
    const smsc = await start();
    const one = await client(smsc);
    const two = await client(smsc);
    await one.ask('bind_transceiver', LOGIN);
    await two.ask('bind_transceiver', { system_id: 'two', password: 'second' });
    const answer = await one.ask('submit_sm', submit);
    await until(() => expect(one.deliveries.length).toBe(1));
    expect(one.deliveries[0]).toMatchObject({
      esm_class: 4,
      source_addr: '79160000001',
      destination_addr: '4711',
      receipted_message_id: answer['message_id'],
      message_state: 2,
    });
    expect(JSON.stringify(one.deliveries[0])).toMatch(
      new RegExp(`id:${String(answer['message_id'])} sub:001 dlvrd:001 submit date:\\d{10} done date:\\d{10} stat:DELIVRD`),
    );
    expect(two.deliveries).toEqual([]);
    expect(smsc.parts()).toMatchObject([{ systemId: 'one', from: '4711', to: '+79160000001', text: 'hello', id: answer['message_id'] }]);
    await until(() => expect(smsc.pending()).toBe(0));
  });

  test('no receipt where none is asked for, or only of failures', async () => {
    const smsc = await start({ behaviour: { receiptDelay: 1, rules: [{ numbers: /^7916.*9$/, receipt: 'UNDELIV' }] } });
    const { ask, deliveries } = await client(smsc);
    await ask('bind_transceiver', LOGIN);
    await ask('submit_sm', { ...submit, registered_delivery: 0 });
    await ask('submit_sm', { ...submit, registered_delivery: 2 });
    await ask('submit_sm', { ...submit, registered_delivery: 2, destination_addr: '79160000009' });
    smsc.send('+79160000001', '4711', 'last');
    await until(() => expect(deliveries.length).toBe(2));
    expect(new Set(deliveries.map((pdu) => pdu['source_addr']))).toEqual(new Set(['79160000001', '79160000009']));
    expect(deliveries.filter((pdu) => pdu['esm_class'] === 4).map((pdu) => pdu['message_state'])).toEqual([5]);
  });

  test('the phone answers; long texts, too', async () => {
    const smsc = await start({ reply: ({ text, to }) => (to.endsWith('1') ? `got ${text}`.repeat(20) : undefined) });
    const { ask, session } = await client(smsc);
    const parts: PDU[] = [];
    session.on('deliver_sm', (pdu: PDU) => pdu['esm_class'] !== 4 && parts.push(pdu));
    await ask('bind_transceiver', LOGIN);
    await ask('submit_sm', submit);
    await ask('submit_sm', { ...submit, destination_addr: '79160000002' });
    await until(() => expect(parts.length).toBe(2));
    expect(
      parts.every((pdu) => pdu['source_addr'] === '79160000001' && pdu['destination_addr'] === '4711' && pdu['esm_class'] === 0x40),
    ).toBe(true);
  });

  test('what nobody can receive waits; what is refused comes again', async () => {
    const smsc = await start();
    smsc.send('+79160000001', '4711', 'early');
    expect(smsc.pending()).toBe(1);
    let refusals = 0;
    const { ask, deliveries } = await client(smsc, { status: () => (++refusals === 1 ? 0x64 : 0) });
    await ask('bind_receiver', LOGIN);
    await until(() => expect(deliveries.length).toBe(2));
    await until(() => expect(smsc.pending()).toBe(0));
  });

  test('too many a second are throttled, the next second they are taken again', async () => {
    const smsc = await start({ behaviour: { perSecond: 5 } });
    const { ask } = await client(smsc);
    await ask('bind_transmitter', LOGIN);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await ask('submit_sm', submit)).command_status));
    const taken = statuses.filter((status) => status === 0).length;
    expect(taken === 5 || taken === 10).toBe(true);
    expect(statuses.filter((status) => status === 0x58).length).toBe(20 - taken);
    await until(async () => expect((await ask('submit_sm', submit)).command_status).toBe(0));
  });

  test('a rule may refuse, cut the connection, or say nothing at all', async () => {
    const smsc = await start({
      behaviour: {
        rules: [
          { numbers: /1$/, status: 0x0b },
          { numbers: /2$/, cut: true },
          { numbers: /3$/, receipt: 'none' },
        ],
      },
    });
    const { ask, session } = await client(smsc);
    await ask('bind_transceiver', LOGIN);
    expect((await ask('submit_sm', submit)).command_status).toBe(0x0b);
    const closed = once(session, 'close');
    void ask('submit_sm', { ...submit, destination_addr: '79160000002' });
    await closed;
    expect(smsc.taken()).toBe(0);
  });

  test('only the last ones are remembered', async () => {
    const smsc = await start({ keep: 3, behaviour: { rules: [{ numbers: /^/, receipt: 'none' }] } });
    const { ask } = await client(smsc);
    await ask('bind_transmitter', LOGIN);
    for (let index = 0; index < 20; index++) await ask('submit_sm', { ...submit, short_message: `text ${index}` });
    expect(smsc.messages().map(({ text }) => text)).toEqual(['text 17', 'text 18', 'text 19']);
    expect(smsc.parts().length).toBe(3);
    expect(smsc.taken()).toBe(20);
  });
});

describe('trouble', () => {
  test('silent, it answers nothing, and keeps the connections', async () => {
    const smsc = await start();
    const { ask } = await client(smsc);
    await ask('bind_transceiver', LOGIN);
    smsc.behave({ silent: true });
    smsc.send('+79160000001', '4711', 'waits');
    // That nothing comes can only be told by waiting.
    expect(await Promise.race([ask('enquire_link'), sleep(300)])).toBeUndefined();
    expect(smsc.connections()).toEqual({ open: 1, bound: 1 });
    smsc.behave({ silent: false });
    expect((await ask('enquire_link')).command).toBe('enquire_link_resp');
    await until(() => expect(smsc.pending()).toBe(0));
  });

  test('stopped and started again it has the same port, and new ids', async () => {
    const smsc = await start();
    const { port } = smsc;
    const { ask, session } = await client(smsc);
    await ask('bind_transmitter', LOGIN);
    const first = await ask('submit_sm', { destination_addr: '1' });
    const closed = once(session, 'close');
    await smsc.stop();
    await closed;
    await smsc.start();
    expect(smsc.port).toBe(port);
    const again = await client(smsc);
    await again.ask('bind_transmitter', LOGIN);
    expect((await again.ask('submit_sm', { destination_addr: '1' }))['message_id']).not.toBe(first['message_id']);
  });

  test('random octets end a connection at most', async () => {
    const smsc = await start();
    for (const octets of fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), 100)) {
      const socket = net.connect(smsc.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.end(octets);
    }
    const framed = fc.sample(fc.tuple(fc.constantFrom(1, 2, 4, 5, 9, 0x15, 0x80000005), fc.uint8Array({ maxLength: 80 })), 300);
    const { session, ask } = await client(smsc);
    for (const [command, bytes] of framed) {
      const head = Buffer.alloc(16);
      head.writeUInt32BE(16 + bytes.length, 0);
      head.writeUInt32BE(command, 4);
      session.socket.write(Buffer.concat([head, bytes]));
    }
    expect((await ask('enquire_link')).command).toBe('enquire_link_resp');
    await until(() => expect(smsc.connections().open).toBe(1));
  });
});

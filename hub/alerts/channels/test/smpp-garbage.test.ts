import net from 'node:net';
import fc from 'fast-check';
import { PDU } from 'smpp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import type { Driver } from '../driver.ts';
import { hearNews } from './conformance.ts';
import { smppDriver } from './support/smpp.ts';
import { driverAt, hearTelemetry, ready, theirCentre } from './support/smpp-peers.ts';

// What a centre may send that is no SMPP, or too much of it.

const { heard, dropped } = hearTelemetry();

describe('garbage of the centre', () => {
  /** A centre that answers the bind by hand and then says what it is told to. */
  async function rawCentre(): Promise<{ driver: Driver; say(octets: Buffer): void; connections(): number; answers: PDU[]; deaf(): void }> {
    const sockets: net.Socket[] = [];
    const answers: PDU[] = [];
    const server = net.createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (octets: Buffer) => {
        for (let rest = octets; rest.length >= 16; rest = rest.subarray(rest.readUInt32BE(0))) {
          const pdu = PDU.fromBuffer(rest);
          if (!pdu) return;
          if (pdu.command === 'bind_transceiver' || pdu.command === 'enquire_link') socket.write(pdu.response().toBuffer());
          else answers.push(pdu);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const driver = await driverAt((server.address() as net.AddressInfo).port, { respTimeout: 5 });
    await ready(driver);
    const [first] = sockets;
    return {
      driver,
      answers,
      connections: () => sockets.length,
      say: (octets) => sockets.at(-1)?.write(octets),
      deaf: () => first?.pause(),
    };
  }

  test('contradictory lengths in a unit: dropped, counted, refused, and the link lives on', async () => {
    const { say, answers, connections, driver } = await rawCentre();
    const unit = new PDU('deliver_sm', { sequence_number: 7, source_addr: '79160000001', short_message: Buffer.from('hello') }).toBuffer();
    unit[unit.length - 6] = 200;
    say(unit);
    await until(() =>
      expect(answers).toEqual([expect.objectContaining({ command: 'generic_nack', command_status: 2, sequence_number: 7 })]),
    );
    expect(dropped()).toEqual(['malformed']);
    expect(connections()).toBe(1);
    expect(driver.capacity()).toBe(10);
  });

  test('an impossible length of a unit: counted, and the link is opened anew', async () => {
    const { say, connections, driver } = await rawCentre();
    say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await until(() => expect(connections()).toBe(2));
    expect(dropped()).toEqual(['unreadable']);
    await ready(driver);
  });

  test('stray answers and unknown commands: counted; commands are refused', async () => {
    const { say, answers, connections } = await rawCentre();
    say(new PDU('submit_sm_resp', { sequence_number: 99, message_id: '1' }).toBuffer());
    say(new PDU('data_sm', { sequence_number: 5 }).toBuffer());
    say(new PDU('generic_nack', { sequence_number: 0, command_status: 3 }).toBuffer());
    say(new PDU('alert_notification', { sequence_number: 6 }).toBuffer());
    say(new PDU('enquire_link', { sequence_number: 8 }).toBuffer());
    await until(() =>
      expect(answers).toEqual([
        expect.objectContaining({ command: 'generic_nack', command_status: 3, sequence_number: 5 }),
        expect.objectContaining({ command: 'enquire_link_resp', sequence_number: 8 }),
      ]),
    );
    expect(dropped()).toEqual(['stray', 'unknown', 'stray']);
    expect(connections()).toBe(1);
  });

  test('more messages than can be stored: those beyond the bound are asked for again, the link lives on', async () => {
    const answers: number[] = [];
    const { port, sessions } = await theirCentre(() => undefined);
    const open: (() => void)[] = [];
    const driver = smppDriver(port, { ...hearNews(), incoming: () => new Promise((resolve) => open.push(resolve)) });
    onTestFinished(() => driver.stop(0));
    await driver.start();
    await ready(driver);
    for (let count = 0; count < 2_500; count++) {
      sessions[0]?.deliver_sm({ source_addr: '79160000001', short_message: 'x' }, (answer) => answers.push(answer.command_status));
    }
    await until(() => expect(answers.length).toBe(500));
    expect(new Set(answers)).toEqual(new Set([0x64]));
    for (const resolve of open) resolve();
    await until(() => expect(answers.filter((status) => status === 0).length).toBe(2_000));
    expect(sessions.length).toBe(1);
  });

  test('a centre that asks and never reads is cut off before it fills the memory', async () => {
    const { say, connections, deaf } = await rawCentre();
    deaf();
    const many = Buffer.concat(Array(65_536).fill(new PDU('enquire_link', { sequence_number: 8 }).toBuffer()));
    for (let count = 0; count < 40; count++) say(many);
    await until(() => expect(connections()).toBe(2));
    expect(heard.map(({ about }) => about?.reason)).toContain('the centre does not read what is sent to it');
  });

  test('random octets, framed and not, never do more than end the link', async () => {
    const { say, driver, connections } = await rawCentre();
    const framed = fc
      .tuple(fc.constantFrom(0x05, 0x15, 0x80000004, 0x80000005, 0x80000000, 0x103), fc.uint8Array({ maxLength: 120 }))
      .map(([command, bytes]) => {
        const head = Buffer.alloc(16);
        head.writeUInt32BE(16 + bytes.length, 0);
        head.writeUInt32BE(command, 4);
        head.writeUInt32BE(3, 12);
        return Buffer.concat([head, bytes]);
      });
    for (const pieces of fc.sample(fc.array(framed, { maxLength: 8 }), 60)) for (const piece of pieces) say(piece);
    say(Buffer.from(fc.sample(fc.uint8Array({ minLength: 64, maxLength: 64 }), 1)[0] ?? []));
    say(Buffer.from('ffffffff', 'hex'));
    await until(() => expect(connections()).toBeGreaterThan(1), { timeout: 20_000 });
    await ready(driver);
  });
});

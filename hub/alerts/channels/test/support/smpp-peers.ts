import type net from 'node:net';
import { createServer, type PDU, type Session } from 'smpp';
import { afterEach, beforeEach, expect, onTestFinished } from 'vitest';
import { until } from '../../../../core/database/test/support/until.ts';
import { measureChannel, noteChannel } from '../../../../core/telemetry/channels.ts';
import type { Driver } from '../../driver.ts';
import { hearNews } from '../conformance.ts';
import { smppDriver } from './smpp.ts';

interface Heard {
  readonly level?: string;
  readonly text?: string;
  readonly about?: { reason?: string };
  readonly metric?: string;
  readonly labels?: { reason?: string };
}

/** For the top of a test file: what is noted and measured, from the begin of each test on. */
export function hearTelemetry() {
  const heard: Heard[] = [];
  const hear = (message: unknown): void => void heard.push(message as Heard);
  beforeEach(() => {
    heard.length = 0;
    noteChannel.subscribe(hear);
    measureChannel.subscribe(hear);
  });
  afterEach(() => {
    noteChannel.unsubscribe(hear);
    measureChannel.unsubscribe(hear);
  });
  return {
    heard: heard as readonly Heard[],
    alarms: () => heard.filter(({ level }) => level === 'error').map(({ text }) => text),
    /** Why units were left out. */
    dropped: () => heard.filter(({ metric }) => metric === 'vestnik_alerts_smpp_dropped_total').map(({ labels }) => labels?.reason),
  };
}

/** A driver at any port, that ends with the test. */
export async function driverAt(port: number, settings: Parameters<typeof smppDriver>[2] = {}): Promise<Driver> {
  const driver = smppDriver(port, hearNews(), settings);
  onTestFinished(() => driver.stop(0));
  await driver.start();
  return driver;
}
/** Resolves when it can send. */
export const ready = (driver: Driver): Promise<void> => until(() => expect(driver.capacity()).toBeGreaterThan(0));

/** A centre made of npm smpp. */
export async function theirCentre(serve: (session: Session) => void): Promise<{ port: number; sessions: Session[] }> {
  const sessions: Session[] = [];
  const server = createServer((session) => {
    sessions.push(session);
    session.on('error', () => session.destroy());
    session.on('bind_transceiver', (pdu: PDU) => session.send(pdu.response()));
    session.on('enquire_link', (pdu: PDU) => session.send(pdu.response()));
    session.on('unbind', (pdu: PDU) => session.send(pdu.response()));
    serve(session);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { port: (server.address() as net.AddressInfo).port, sessions };
}

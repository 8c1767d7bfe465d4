import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import type { Smsc } from '../../smsc/smsc.ts';
import { startSmsc } from './support/smpp.ts';

const CYRILLIC = 'Внимание! Прорыв дамбы у села Высокое.';
const ANSWER = 'Noted, thank you.';

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The configuration of docs/alerts-sms.md, with the ports of the test. */
const configuration = (ports: { admin: number; boxes: number; http: number; smsc: number }): string => `
group = core
admin-port = ${ports.admin}
admin-password = admin
smsbox-port = ${ports.boxes}
box-allow-ip = 127.0.0.1

group = smsc
smsc = smpp
smsc-id = vestnik
host = 127.0.0.1
port = ${ports.smsc}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = VMA
enquire-link-interval = 2

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.http}
global-sender = 4711

group = sendsms-user
username = tester
password = foobar
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = "${ANSWER}"
`;

requires('bearerbox').describe('Kannel, a client of SMPP that is not ours, at our message centre', () => {
  let folder: string;
  let smsc: Smsc;
  let http: number;
  const children: ChildProcess[] = [];
  const reports: string[] = [];
  let log = '';
  const listener = createServer((request, response) => {
    reports.push(new URL(request.url ?? '', 'http://localhost').searchParams.get('type') ?? '');
    response.end();
  });

  function run(program: string, file: string): void {
    const child = spawn(program, ['-v', '1', file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (log += text));
    children.push(child);
  }
  async function send(to: string, text: string, more: Record<string, string> = {}): Promise<void> {
    const about = { username: 'tester', password: 'foobar', to, text, charset: 'UTF-8', ...more };
    const answer = await fetch(`http://127.0.0.1:${http}/cgi-bin/sendsms?${new URLSearchParams(about)}`);
    expect(answer.status, await answer.text()).toBe(202);
  }
  const reportUrl = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}/?type=%d`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vestnik-kannel-'));
    listener.listen(0, '127.0.0.1');
    smsc = await startSmsc({
      accounts: [{ systemId: 'kannel', password: 'secret' }],
      behaviour: { receiptDelay: 100, rules: [{ numbers: /99$/, receipt: 'UNDELIV', error: '001' }] },
    });
    http = await freePort();
    const file = join(folder, 'kannel.conf');
    writeFileSync(file, configuration({ admin: await freePort(), boxes: await freePort(), http, smsc: smsc.port }));
    run('bearerbox', file);
    await until(() => expect(smsc.connections().bound, log).toBe(1));
    run('smsbox', file);
    await until(async () => expect((await fetch(`http://127.0.0.1:${http}/`)).status).toBe(404));
  });
  afterAll(async () => {
    for (const child of children.reverse()) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    }
    listener.close();
    await smsc?.stop();
    rmSync(folder, { recursive: true });
  });
  const arrived = (to: string) => smsc.parts().filter((part) => part.to.endsWith(to));

  test('a Cyrillic text arrives with data coding 8, and its receipts reach Kannel', async () => {
    await send('79160000001', CYRILLIC, { coding: '2', 'dlr-mask': '31', 'dlr-url': reportUrl() });
    await until(() => expect(arrived('79160000001')).toMatchObject([{ text: CYRILLIC, dataCoding: 8, from: '4711', systemId: 'kannel' }]));
    // 8: accepted by the centre, 1: delivered.
    await until(() => expect(reports).toEqual(['8', '1']));
    expect(smsc.pending()).toBe(0);
  });

  test('a receipt of failure is one to Kannel, too', async () => {
    reports.length = 0;
    await send('79160000099', 'hello', { 'dlr-mask': '31', 'dlr-url': reportUrl() });
    await until(() => expect(reports).toEqual(['8', '2']));
  });

  test('its long text is put together from parts with a user data header', async () => {
    const text = CYRILLIC.repeat(6);
    await send('79160000002', text, { coding: '2' });
    await until(() => expect(smsc.messages().filter(({ to }) => to.endsWith('79160000002'))).toMatchObject([{ text }]));
    expect(arrived('79160000002').length).toBe(4);
  });

  test('a message of a person reaches it, and its answer comes back', async () => {
    smsc.send('+79160000003', '4711', 'Что случилось?');
    await until(() => expect(arrived('79160000003')).toMatchObject([{ text: ANSWER, from: '4711' }]));
    expect(log).toContain('79160000003');
  });

  test('it keeps the link by enquire_link, and comes back after a cut', async () => {
    await until(() => expect(log).not.toMatch(/PANIC|no response to enquire_link/i));
    await smsc.stop();
    await smsc.start();
    await until(() => expect(smsc.connections().bound).toBe(1), { timeout: 25_000 });
    await send('79160000004', 'again');
    await until(() => expect(arrived('79160000004')).toMatchObject([{ text: 'again', dataCoding: 0 }]));
  });
});

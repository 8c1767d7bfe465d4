import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { openConnection } from '../connection.ts';
import { askPassword, converse } from '../interactive.ts';
import type { View } from '../perform.ts';
import { createSession } from '../session.ts';
import { createPrinter } from '../show.ts';
import { AUTHORITY, type Peer, type Script, type ScriptedServer, startServer } from './scripted-server.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

/** A terminal whose screen can be waited for, and a conversation on it. */
async function sit(script: Script) {
  server = await startServer(script);
  const keys = new PassThrough();
  const screen = new PassThrough();
  let shown = '';
  let changed: () => void = () => undefined;
  const add = (text: string | Uint8Array): void => {
    shown += typeof text === 'string' ? text : Buffer.from(text).toString();
    changed();
  };
  screen.on('data', add);
  const write = { out: async (text: string | Uint8Array) => add(text), error: (line: string) => add(`${line}\n`) };
  const view: View = { screen: write, printer: createPrinter(write, 'text', 'en'), form: 'text', language: 'en' };
  const session = createSession(() => connection, 10_000);
  const connection = await openConnection({
    host: '127.0.0.1',
    port: server.port,
    ca: AUTHORITY.pem,
    fingerprint: undefined,
    patience: 10_000,
    onLine: session.line,
    onEnd: session.ended,
  });
  const exit = converse(session, keys, screen, view).finally(() => connection.close());
  let from = 0;
  return {
    exit,
    type: (text: string) => void keys.write(text),
    /** Waits for a text behind the last one that was waited for. */
    async sees(text: string) {
      while (!shown.includes(text, from)) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
      from = shown.indexOf(text, from) + text.length;
    },
  };
}

test('commands are asked for, blocks line by line, news stand between them', async () => {
  let peer: Peer | undefined;
  const terminal = await sit((line, from) => {
    peer = from;
    if (line === 'GETTASK 1') from.send('GETTASK OK 1 0 Пожар%20корпус');
    if (line === 'ADDABONENT END') from.send('ADDABONENT OK 15 1 0 И', 'ADDABONENT END');
  });
  await terminal.sees('vestnik> ');
  terminal.type('gettask 1\r');
  await terminal.sees('GETTASK OK 1 0 "Пожар корпус"');
  peer?.send('UPDATETASK OK 1 Пожар 0 2', 'PING');
  await terminal.sees('* UPDATETASK OK 1 Пожар 0 2');
  await terminal.sees('vestnik> ');
  terminal.type('ADDABONENT BEGIN\r');
  await terminal.sees('...> ');
  terminal.type('ADDABONENT DATA 1 0 "И"\r');
  await terminal.sees('...> ');
  terminal.type('\r');
  await terminal.sees('ADDABONENT END\n');
  terminal.type('ADDGROUP "x\r');
  await terminal.sees('quotes do not end');
  terminal.type('help\r');
  await terminal.sees('Exit codes');
  terminal.type('exit\r');
  expect(await terminal.exit).toBe(0);
  expect(server?.received).toEqual(['GETTASK 1', 'ADDABONENT BEGIN', 'ADDABONENT DATA 1 0 И', 'ADDABONENT END']);
});

test('the history goes back, and forgets lines with passwords', async () => {
  const terminal = await sit((line, from) => from.send(`${line.split(' ', 1)[0]} OK`));
  await terminal.sees('vestnik> ');
  terminal.type('GETTASK 7\r');
  await terminal.sees('GETTASK OK');
  terminal.type('USERADD bob Secret-123 Bob 1\r');
  await terminal.sees('USERADD OK');
  await terminal.sees('vestnik> ');
  terminal.type('\x1b[A\r');
  await terminal.sees('GETTASK OK');
  terminal.type('\x04');
  expect(await terminal.exit).toBe(0);
  expect(server?.received).toEqual(['GETTASK 7', 'USERADD bob Secret-123 Bob 1', 'GETTASK 7']);
});

test('Ctrl-C ends what is watched, then the line, then the conversation', async () => {
  const terminal = await sit((line, from) => {
    if (line.startsWith('MONITORING')) from.send(line.replace(' ', ' OK '));
    else from.send('GETTASKINFO BEGIN 1 5 2 2026-03-02T09:20:00 120 31 2 28 1 89', 'GETTASKINFO END');
  });
  await terminal.sees('vestnik> ');
  terminal.type('watch 1\r');
  await terminal.sees('done 31 of 120');
  terminal.type('\x03');
  await terminal.sees('vestnik> ');
  terminal.type('GETT\x03');
  await terminal.sees('vestnik> ');
  terminal.type('\x03');
  expect(await terminal.exit).toBe(0);
  expect(server?.received).toEqual(['MONITORING 1', 'GETTASKINFO 1', 'MONITORING 0']);
});

test('a server that goes away ends it with 3', async () => {
  const terminal = await sit((_line, from) => from.cut());
  await terminal.sees('vestnik> ');
  terminal.type('PING\r');
  await expect(terminal.exit).rejects.toMatchObject({ name: 'LineFault', exit: 3 });
});

test('a password is asked for without being shown', async () => {
  const keys = new PassThrough();
  const screen = new PassThrough();
  const answer = askPassword('Password admin: ', keys, screen);
  keys.write('Secret-123\r');
  expect(await answer).toBe('Secret-123');
  const given = askPassword('Again: ', keys, screen);
  keys.write('\x03');
  expect(await given).toBeUndefined();
  screen.end();
  expect(Buffer.concat(await screen.toArray()).toString()).toBe('Password admin: \nAgain: \n');
});

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect } from 'vitest';
import { findProgram } from '../../../../scripts/setup/programs.mjs';
import { createFolder, type Folder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { until } from '../../../core/database/test/support/until.ts';
import { createModemSimulator, type ModemSimulator } from './support/modem-simulator.ts';
import { type PluggedModem, plugModem } from './support/serial-pair.ts';

/** Programs that know real modems send through our simulator of one: it answers as modems do, and reads PDUs that are not ours. */
requires('socat').describe('the simulator of a modem, in the eyes of others', () => {
  let folder: Folder;
  let modem: ModemSimulator;
  let plug: PluggedModem;
  const run = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(findProgram('gammu') ?? 'gammu', ['-c', folder.at('gammurc'), ...args], {
      timeout: 30_000,
      // Without a language of the system its programs know no Cyrillic arguments.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    return stdout;
  };
  beforeEach(async () => {
    folder = createFolder('gsm-peers');
    modem = createModemSimulator();
    plug = await plugModem(modem, folder.path);
    writeFileSync(folder.at('gammurc'), `[gammu]\nport = ${plug.device}\nconnection = at\n`);
  });
  afterEach(async () => {
    await plug.unplug();
    folder.remove();
  });

  requires('gammu').test(
    'gammu identifies it',
    async () => {
      const seen = await run('--identify');
      expect(seen).toMatch(/Manufacturer\s*: Vestnik/);
      expect(seen).toMatch(/IMEI\s*: 490154203237518/);
    },
    60_000,
  );

  requires('gammu').test(
    'gammu sends a text, and a long Cyrillic one in parts',
    async () => {
      expect(await run('sendsms', 'TEXT', '+79161234567', '-text', 'Hello {from} gammu')).toContain('message reference=1');
      expect(modem.sent).toMatchObject([{ address: '+79161234567', text: 'Hello {from} gammu', scheme: 0, concatenation: undefined }]);
      // gammu leaves the terminal for one program only, which another one of an ordinary user cannot open.
      await plug.unplug();
      await plug.plugIn();
      const long = 'Внимание! Учебная тревога. Сбор во дворе корпуса 2 у северного входа, форма одежды произвольная.';
      await run('sendsms', 'TEXT', '+79161234567', '-unicode', '-len', '200', '-text', long);
      const parts = modem.sent.slice(1);
      expect(parts.map(({ text }) => text).join('')).toBe(long);
      expect(parts.map(({ scheme, concatenation }) => [scheme, concatenation?.place, concatenation?.total])).toEqual([
        [8, 1, 2],
        [8, 2, 2],
      ]);
    },
    60_000,
  );

  requires('smsd').test(
    'smsd of smstools sends through it',
    async () => {
      const folders = ['outgoing', 'checked', 'incoming', 'failed', 'sent', 'stats'];
      for (const name of folders) mkdirSync(folder.at(name));
      const lines = folders.map((name) => `${name} = ${folder.at(name)}`);
      const files = [`logfile = ${folder.at('log')}`, `infofile = ${folder.at('info')}`, `pidfile = ${folder.at('pid')}`];
      const port = ['[GSM1]', `device = ${plug.device}`, 'incoming = no', 'rtscts = no', 'check_network = 0'];
      writeFileSync(folder.at('smsd.conf'), ['devices = GSM1', 'delaytime = 1', ...files, ...lines, ...port, ''].join('\n'));
      writeFileSync(folder.at('outgoing', 'one'), 'To: 79161234567\nAlphabet: UTF-8\n\nСбор во дворе');
      const smsd = spawn(findProgram('smsd') ?? 'smsd', ['-c', folder.at('smsd.conf'), '-t'], { stdio: 'ignore' });
      const ended = new Promise((done) => smsd.once('exit', done));
      try {
        await until(() => expect(modem.sent).toMatchObject([{ address: '+79161234567', text: 'Сбор во дворе', scheme: 8 }]), {
          timeout: 40_000,
        });
      } finally {
        smsd.kill('SIGTERM');
        const timer = setTimeout(() => smsd.kill('SIGKILL'), 5_000);
        await ended;
        clearTimeout(timer);
      }
    },
    60_000,
  );
});

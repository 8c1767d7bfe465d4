import { writeFileSync } from 'node:fs';
import { createFolder } from '../../../test/support/folder.ts';
import { AUTHORITY, type Script, type ScriptedServer, startServer } from './scripted-server.ts';

/** Scripted servers of one test file, and the files by which vestnik-line trusts them and logs in. */
export function openBench() {
  const folder = createFolder('line');
  const ca = folder.at('ca.crt');
  const password = folder.at('password');
  writeFileSync(ca, AUTHORITY.pem);
  writeFileSync(password, 'Secret-123\r\nsecond line\n');
  const open: ScriptedServer[] = [];
  return {
    folder,
    /** The file of the right password. */
    password,
    /** Starts a server. @returns it, and the options that lead to it */
    async serve(script: Script): Promise<{ server: ScriptedServer; options: string[] }> {
      const server = await startServer(script);
      open.push(server);
      const options = ['--host', '127.0.0.1', '--port', String(server.port), '--ca', ca, '--login', 'admin', '--password-file', password];
      return { server, options };
    },
    async close(): Promise<void> {
      await Promise.all(open.map((server) => server.close()));
      folder.remove();
    },
  };
}

/** Answers requests by a table; any other line is a syntax error. */
export const table =
  (answers: Readonly<Record<string, readonly string[]>>): Script =>
  (line, peer) =>
    peer.send(...(answers[line] ?? [`${line.split(' ', 1)[0]} ERR_BADSYNTAX неправильный%20синтаксис%20команды.`]));

export const TASKS = ['GETTASKS BEGIN 2', 'GETTASKS DATA 1 Пожар%20корпус%202 0 0', 'GETTASKS DATA 7  2 1', 'GETTASKS END'];

/** The values of GETTASKINFO of a run of 120 people. */
export const progress = (status: number, done: number) => `1 5 ${status} 2026-03-02T09:20:00 120 ${done} 2 28 1 ${120 - done}`;

import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { administratorOf } from '../billing/ground.ts';
import type { Ground } from './ground.ts';

/** A client of the line protocol that looks at bytes only. */
export interface LineClient {
  /** Sends a line and waits for one. */
  ask(line: string): Promise<Buffer>;
  /** Sends a line and reads until bytes that end with this. @returns how many came; the bytes themselves go to `take` */
  list(line: string, last: string, take?: (chunk: Buffer) => void): Promise<number>;
  /** Stops and begins reading. */
  pause(): void;
  resume(): void;
  close(): void;
}

export async function openClient(port: number): Promise<LineClient> {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  let hear: (chunk: Buffer) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  socket.on('data', (chunk: Buffer) => hear(chunk));
  socket.on('error', (error) => fail(error));
  socket.on('close', () => fail(new Error('the server has closed')));
  const until = (line: string, isLast: (chunk: Buffer) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      fail = reject;
      hear = (chunk) => {
        if (isLast(chunk)) resolve();
      };
      socket.write(`${line}\r\n`);
    });
  return {
    async ask(line) {
      let answer: Buffer = Buffer.alloc(0);
      await until(line, (chunk) => {
        answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk]);
        return answer[answer.length - 1] === 0x0a;
      });
      return answer;
    },
    async list(line, last, take) {
      const end = Buffer.from(last);
      let tail: Buffer = Buffer.alloc(0);
      let bytes = 0;
      await until(line, (chunk) => {
        bytes += chunk.length;
        take?.(chunk);
        tail = chunk.length >= end.length ? chunk : Buffer.concat([tail, chunk]);
        return tail.subarray(-end.length).equals(end);
      });
      return bytes;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => socket.destroy(),
  };
}

/** A client of the hub's administrator. */
export async function signedIn(ground: Ground): Promise<LineClient> {
  const { login, password } = administratorOf(ground.hub);
  const client = await openClient(ground.linePort);
  let said = '';
  await client.list(`LOGIN ${login} ${password}`, '\r\n', (chunk) => {
    said += chunk.toString('latin1');
  });
  if (!said.startsWith('LOGIN OK ')) throw new Error(`not logged in: ${said}`);
  // The line of the licence may come apart from the welcome: it is behind this answer at the latest.
  if (!said.includes('HASP ')) await client.ask('PING');
  await client.ask('PING');
  return client;
}

import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { decodeWindows1251, encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';

/** A client that knows nothing of the protocol but lines of windows-1251; `·` at the end of a line stands for a space. */
export interface LineClient {
  readonly socket: TLSSocket;
  /** Sends lines. */
  say(...lines: readonly string[]): void;
  write(bytes: Uint8Array): void;
  /** The next lines of the server, in their order. */
  lines(count: number): Promise<string[]>;
  /** The next line. */
  line(): Promise<string>;
  /** Lines up to one that ends the answer of a listing. */
  until(last: RegExp): Promise<string[]>;
  /** Sends one line and answers the line that comes. */
  ask(line: string): Promise<string>;
  /** Everything that came since, without waiting. */
  heard(): string[];
  /** Bytes received. */
  readonly bytes: number;
  /** Resolves when the server has closed; with everything that was not read. */
  closed(): Promise<string[]>;
  end(): void;
}

export const bytesOf = (line: string): Uint8Array => encodeWindows1251(`${line.replace(/·$/, ' ')}\r\n`, '?');

export async function openLineClient(address: string, options: ConnectionOptions = {}): Promise<LineClient> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host ?? '', port: Number(port), rejectUnauthorized: false, ...options });
  const waiting: string[] = [];
  const askers: (() => void)[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let over = false;
  const wake = (): void => {
    for (const asker of askers.splice(0)) asker();
  };
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n', begin)) {
      waiting.push(decodeWindows1251(rest.subarray(begin, end)).replace(/ $/, '·'));
      begin = end + 2;
    }
    rest = rest.subarray(begin);
    wake();
  });
  socket.on('close', () => {
    over = true;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  // TLS 1.3 tells of a refused certificate after the handshake; tests look at the close.
  socket.on('error', () => undefined);

  const line = async (): Promise<string> => {
    while (waiting.length === 0) {
      if (over) throw new Error('the server has closed the connection');
      await new Promise<void>((resolve) => askers.push(resolve));
    }
    return waiting.shift() as string;
  };
  const client: LineClient = {
    socket,
    say(...lines) {
      socket.write(Buffer.concat(lines.map(bytesOf)));
    },
    write: (some) => void socket.write(some),
    line,
    async lines(count) {
      const found: string[] = [];
      while (found.length < count) found.push(await line());
      return found;
    },
    async until(last) {
      const found = [await line()];
      while (!last.test(found.at(-1) as string)) found.push(await line());
      return found;
    },
    async ask(text) {
      client.say(text);
      return line();
    },
    heard: () => waiting.splice(0),
    get bytes() {
      return bytes;
    },
    async closed() {
      while (!over) await new Promise<void>((resolve) => askers.push(resolve));
      return waiting.splice(0);
    },
    end: () => socket.destroy(),
  };
  return client;
}

/** Sends pieces, each in a TLS record of its own that has left before the next one is made. @returns what was answered until the server closed */
export async function replay(address: string, pieces: readonly Uint8Array[]): Promise<string[]> {
  const client = await openLineClient(address);
  client.socket.setNoDelay(true);
  for (const piece of pieces)
    await new Promise<void>((resolve) => {
      client.socket.write(piece, () => setImmediate(resolve));
    });
  return client.closed();
}

import { connect, type Socket } from 'node:net';

export interface RawSocket {
  readonly socket: Socket;
  write(data: string | Buffer): void;
  /** Everything received once `condition` holds, or the connection has ended. @throws after 10 s. */
  until(condition: (text: string) => boolean): Promise<string>;
  /** Everything received by the end of the connection. */
  ended(): Promise<string>;
}

/** A bare TCP connection, to send what no HTTP library would. */
export async function rawSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let over = false;
  const watchers = new Set<() => void>();
  const wake = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    over = true;
    wake();
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const until = (condition: (text: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not within 10 s; received ${JSON.stringify(text.slice(0, 500))}`)), 10_000);
      const look = (): void => {
        if (!over && !condition(text)) return;
        clearTimeout(late);
        watchers.delete(look);
        resolve(text);
      };
      watchers.add(look);
      look();
    });
  return { socket, write: (data) => void socket.write(data), until, ended: () => until(() => false) };
}

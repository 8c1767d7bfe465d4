import type { Socket } from 'node:net';
import { WireFault } from './fault.ts';

/** The proxy's answer to CONNECT may have so many bytes. */
const MOST_HEAD = 16 * 1024;
const END = Buffer.from('\r\n\r\n');

/** `Basic ...` of the user and password in the proxy's URL; undefined without. */
function authorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}

/** Reads the head of the answer and nothing behind it: a receiver speaks after we have spoken. */
function readHead(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let head = Buffer.alloc(0);
  const refuse = (message: string): void => reject(new WireFault('proxy_error', message));
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null)
      head = Buffer.concat([head, chunk]);
    const end = head.indexOf(END);
    if (end >= 0 && end + END.length === head.length) resolve(head.toString('latin1', 0, end));
    else if (end >= 0) refuse('the egress proxy sent more than its answer to CONNECT');
    else if (head.length > MOST_HEAD) refuse(`the egress proxy's answer to CONNECT is over ${MOST_HEAD} bytes`);
  };
  const ended = (): void => refuse('the egress proxy closed the connection');
  socket.on('readable', read).on('end', ended).on('close', ended).on('error', reject);
  return promise.finally(() => socket.off('readable', read).off('end', ended).off('close', ended).off('error', reject));
}

/**
 * Asks a connected proxy for a way to `place` (`host:port`), for plain HTTP, too.
 * @throws WireFault `proxy_error` when it refuses or its answer is none.
 */
export async function openTunnel(socket: Socket, proxy: URL, place: string): Promise<void> {
  const credentials = authorization(proxy);
  const lines = [`CONNECT ${place} HTTP/1.1`, `Host: ${place}`, ...(credentials ? [`Proxy-Authorization: ${credentials}`] : [])];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [status = ''] = (await readHead(socket)).split('\r\n', 1);
  if (!/^HTTP\/1\.[01] 2\d\d(?: |$)/.test(status)) {
    throw new WireFault('proxy_error', `the egress proxy answered ${JSON.stringify(status.slice(0, 100))} to CONNECT ${place}`);
  }
}

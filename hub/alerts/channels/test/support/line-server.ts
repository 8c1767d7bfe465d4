import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * A server that answers lines as a test says, for what no mail server would say.
 * @param answer of a line (`undefined`: the connection has just been opened); undefined: nothing is answered
 */
export async function startLineServer(
  answer: (line: string | undefined, socket: Socket) => string | undefined,
): Promise<{ readonly port: number; readonly lines: readonly string[]; [Symbol.asyncDispose](): Promise<void> }> {
  const sockets = new Set<Socket>();
  const lines: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = '';
    const say = (line: string | undefined): void => {
      const said = answer(line, socket);
      if (said !== undefined) socket.write(said);
    };
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString('latin1')).split('\r\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        say(line);
      }
    });
    say(undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Answers of a mail server that takes everything, but for the commands that are named: `{ MAIL: '452 4.3.1 slow down\r\n' }`; `dot` is the end of the message.
 */
export function mailAnswers(
  other: Readonly<Record<string, string | undefined>>,
): (line: string | undefined, socket: Socket) => string | undefined {
  const inData = new WeakSet<Socket>();
  return (line, socket) => {
    if (line !== undefined && inData.has(socket)) {
      if (line !== '.') return undefined;
      inData.delete(socket);
      return 'dot' in other ? other['dot'] : '250 2.0.0 taken\r\n';
    }
    const verb = line === undefined ? 'greeting' : (line.split(/[ :]/, 1)[0] ?? '').toUpperCase();
    if (verb in other) return other[verb];
    if (verb === 'greeting') return '220 lines.invalid ready\r\n';
    if (verb === 'QUIT') {
      socket.end('221 bye\r\n');
      return undefined;
    }
    if (verb !== 'DATA') return '250 fine\r\n';
    inData.add(socket);
    return '354 go on\r\n';
  };
}

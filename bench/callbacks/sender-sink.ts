import { createServer } from 'node:net';

/**
 * A receiver in a process of its own that answers 200 to whatever comes and does nothing else; so the sender is what is measured. It prints its
 * port and ends with its standard input.
 */
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok';
const END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;

const server = createServer((socket) => {
  let waiting: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    for (let end = waiting.indexOf(END); end >= 0; end = waiting.indexOf(END)) {
      const whole = end + END.length + Number(LENGTH.exec(waiting.toString('latin1', 0, end))?.[1] ?? 0);
      if (waiting.length < whole) return;
      waiting = waiting.subarray(whole);
      socket.write(ANSWER);
    }
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as { port: number }).port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();

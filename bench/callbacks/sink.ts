import { createServer } from 'node:net';

/**
 * A receiver in a process of its own: answers 200 to whatever comes, counts, and notes how old the events are whose time stands in the body as
 * `<t>...</t>`. Its parent asks by IPC: `count`, or `ages` for those noted since the last time. An address under `/late/` is answered after ten seconds, under
 * `/slow/` after two, under `/dead/` never; of these three none is counted, and the ages of those under `/flood/` are not noted.
 */
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;
/** Milliseconds until the answer. */
const LATE = 10_000;
const SLOW = 2_000;
let count = 0;
let ages: number[] = [];

/** @returns milliseconds until the answer; undefined: never */
function take(request: Buffer, headEnd: number): number | undefined {
  const path = request.toString('latin1', 0, 40).split(' ')[1] ?? '';
  if (path.startsWith('/dead/')) return undefined;
  if (path.startsWith('/late/')) return LATE;
  if (path.startsWith('/slow/')) return SLOW;
  count += 1;
  const from = path.startsWith('/flood/') ? -1 : request.indexOf('<t>', headEnd);
  if (from >= 0) ages.push(Date.now() - Date.parse(request.toString('latin1', from + 3, request.indexOf('</t>', from))));
  return 0;
}

const server = createServer((socket) => {
  let waiting: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    for (let end = waiting.indexOf(END); end >= 0; end = waiting.indexOf(END)) {
      const whole = end + END.length + Number(LENGTH.exec(waiting.toString('latin1', 0, end))?.[1] ?? 0);
      if (waiting.length < whole) return;
      const when = take(waiting.subarray(0, whole), end);
      if (when === 0) socket.write(ANSWER);
      else if (when !== undefined) setTimeout(() => socket.writable && socket.write(ANSWER), when);
      waiting = waiting.subarray(whole);
    }
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('message', (question) => {
  process.send?.(question === 'ages' ? { ages } : { count });
  if (question === 'ages') ages = [];
});
process.on('disconnect', () => process.exit(0));

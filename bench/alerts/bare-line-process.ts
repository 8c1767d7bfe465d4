import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { exportKey, keyToPem, makeRoot, newKeyPair } from '@vestnik/hub/core/identity/certificate.ts';
import { decodeWindows1251, encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';

/**
 * The limit of the line protocol: a TLS socket that splits lines, reads them as windows-1251 and sends them back encoded again; the line `LISTING` is answered
 * with the bytes of the file that it was given, in pieces of 64 KiB, each after the socket has taken the one before.
 */
const PIECE = 65_536;
const LF = 0x0a;
let listing: Buffer | undefined;

async function list(socket: TLSSocket): Promise<void> {
  const bytes = listing ?? Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (!socket.write(bytes.subarray(at, at + PIECE))) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

const keys = await newKeyPair();
const root = await makeRoot('bare', keys, Temporal.Now.instant(), 1);
const server = createServer({ key: keyToPem(await exportKey(keys.privateKey)), cert: root.toString('pem') }, (socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF, begin)) {
      const line = decodeWindows1251(rest.subarray(begin, end));
      begin = end + 1;
      if (line === 'LISTING\r') void list(socket);
      else socket.write(encodeWindows1251(`${line}\n`, '?'));
    }
    rest = rest.subarray(begin);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', ({ file }: { file: string }) => {
  listing = readFileSync(file);
  process.send?.({ bytes: listing.length });
});
process.on('disconnect', () => process.exit(0));

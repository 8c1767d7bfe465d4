import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { openBench, TASKS, table } from './bench.ts';
import { runLine } from './scripted-server.ts';

const bench = openBench();
const { folder, password, serve } = bench;
afterAll(() => bench.close());

describe('who answers', () => {
  const fingerprintOf = async (port: number): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = new X509Certificate(socket.getPeerX509Certificate()!.raw);
    socket.destroy();
    return fingerprint256;
  };

  test('is trusted by its fingerprint alone; any other certificate is told, and gets no password', async () => {
    const { server, options } = await serve(table({ GETTASKS: TASKS }));
    const at = options.indexOf('--ca');
    const bare = options.toSpliced(at, 2);
    const fingerprint = await fingerprintOf(server.port);
    expect((await runLine(['--fingerprint', fingerprint.toLowerCase(), ...bare, 'GETTASKS'])).exit).toBe(0);
    const other = await runLine(['--fingerprint', '00'.repeat(32), ...bare, 'GETTASKS']);
    expect(other).toMatchObject({ exit: 3, error: expect.stringContaining(fingerprint) });
    const unknown = await runLine([...bare, 'GETTASKS']);
    expect(unknown).toMatchObject({ exit: 3, error: expect.stringMatching(/not trusted.*--ca FILE.*--fingerprint/s) });
    const elsewhere = await runLine([...options.with(options.indexOf('127.0.0.1'), 'localhost.'), 'GETTASKS']);
    expect([0, 3]).toContain(elsewhere.exit);
    expect(server.received.filter((line) => line.startsWith('LOGIN')).length).toBe(elsewhere.exit === 0 ? 2 : 1);
  });

  test('with a wrong password, nobody, no TLS, silence or a cut says what to do next', async () => {
    const { options } = await serve((line, peer) => (line === 'CUT' ? peer.cut() : undefined));
    writeFileSync(folder.at('wrong'), 'wrong');
    expect(await runLine([...options.with(options.indexOf(password), folder.at('wrong')), 'PING'])).toMatchObject({
      exit: 1,
      error: expect.stringMatching(/ERR_BADLOGIN.*\n {2}check --login/),
    });
    expect(await runLine([...options, '--timeout', '1', 'PING'])).toMatchObject({ exit: 3, error: expect.stringContaining('--timeout') });
    expect(await runLine([...options, 'CUT'])).toMatchObject({ exit: 3 });
    const deaf = await serve((_line, peer) => void peer.socket.pause());
    writeFileSync(folder.at('large'), Buffer.alloc(16 * 1024 * 1024));
    expect(await runLine([...deaf.options, '--timeout', '1', 'send', folder.at('large')])).toMatchObject({
      exit: 3,
      error: expect.stringContaining('SENDRAWFILE: no answer for 1 s'),
    });
    const plain = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .end('HTTP/1.0 400 Bad Request\r\n\r\n'),
    ).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as { port: number };
    const with_ = (value: number) => [...options.with(options.indexOf('--port') + 1, String(value)), 'PING'];
    expect(await runLine(with_(port))).toMatchObject({ exit: 3, error: expect.stringContaining('Check') });
    plain.close();
    await once(plain, 'close');
    expect(await runLine(with_(port))).toMatchObject({ exit: 3, error: expect.stringContaining('ECONNREFUSED') });
  });
});

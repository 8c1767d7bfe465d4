import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requires } from '../../test/support/requires.ts';
import { createAuthority, issue } from './certificates.ts';
import { createKit, filesIn, type Kit, MAIN, runProgram, startProgram, until } from './kit.ts';
import { type Peer, startPeer } from './peer.ts';

/** The real program against a real TLS peer: what a user sees of it. */
let peer: Peer;
let kit: Kit;
const running: ReturnType<typeof startProgram>[] = [];

beforeAll(async () => {
  peer = await startPeer();
});
beforeEach(() => {
  peer.mailbox.clear();
  peer.pulls.length = 0;
  peer.acknowledged.length = 0;
  peer.onPull = () => 'serve';
  kit = createKit(peer);
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  }
  kit.remove();
});
afterAll(() => peer.stop());

function start(of: Kit, ...more: string[]) {
  const child = startProgram(['-conf', of.conf, ...more]);
  running.push(child);
  return child;
}
const logOf = (of: Kit) => (existsSync(of.log) ? readFileSync(of.log, 'utf8') : '');
const run = (...more: string[]) => runProgram(['-conf', kit.conf, ...more]);

describe('running', () => {
  test("-once stores what waits under the server's names, acknowledges it and exits 0", async () => {
    const messages = peer.enqueue(250);
    const { exit, error } = await run('-once');
    expect({ exit, error }).toEqual({ exit: 0, error: '' });
    const files = filesIn(kit.storage);
    expect(files.size).toBe(250);
    for (const message of messages) expect(files.get(message.name)).toBe(message.xml);
    expect(peer.mailbox.size).toBe(0);
    expect(peer.acknowledged.length).toBe(250);
    expect(readdirSync(kit.storage).filter((name) => !name.endsWith('.xml'))).toEqual(['.stat_client']);
    expect(readdirSync(join(kit.storage, '.stat_client', 'tmp'))).toEqual([]);
    expect(logOf(kit)).toContain('OT1001 Stat_Client 0.1.0 started, client agency-17');
    expect(logOf(kit)).toContain('OT1007 stopped');
  });

  test('stays connected, stores what comes at once, survives a restart of the server, ends in order on SIGTERM', async () => {
    const child = start(kit);
    await until(() => peer.pulls.length > 0, 'first pull');
    peer.enqueue(1);
    await until(() => filesIn(kit.storage).size === 1 && peer.mailbox.size === 0, 'first file');
    await peer.stop();
    await until(() => logOf(kit).includes('OT1101'), 'loss noticed');
    await peer.start();
    peer.enqueue(2);
    await until(() => filesIn(kit.storage).size === 3 && peer.mailbox.size === 0, 'files after the restart');
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(logOf(kit).match(/OT1002/g)?.length).toBe(2);
    expect(logOf(kit).trimEnd()).toMatch(/OT1007 stopped$/);
  });

  test('a second copy with the same certificate takes over; the first stands by and does not alternate', async () => {
    const other = createKit(peer, [], 'other');
    writeFileSync(join(other.folder, 'other.pem'), kit.identity.pem);
    start(kit);
    await until(() => peer.pulls.length > 0, 'first copy pulls');
    start(other);
    await until(() => logOf(kit).includes('OT1102'), 'first copy stands by');
    peer.enqueue(5);
    await until(() => filesIn(other.storage).size === 5, 'second copy receives');
    expect(filesIn(kit.storage).size).toBe(0);
    const holder = peer.pulls.at(-1)!.instance;
    const first = peer.pulls[0]!.instance;
    expect(holder).not.toBe(first);
    expect(peer.pulls.filter((pull) => pull.instance === first).length).toBeLessThanOrEqual(2);
    other.remove();
  });

  test('two clients on one computer: two configurations, folders and logs', async () => {
    const other = createKit(peer, [], 'agency-18');
    peer.enqueue(3);
    expect((await run('-once')).exit).toBe(0);
    peer.enqueue(2);
    expect((await runProgram(['-conf', other.conf, '-once'])).exit).toBe(0);
    expect([filesIn(kit.storage).size, filesIn(other.storage).size]).toEqual([3, 2]);
    other.remove();
  });

  test('On_message runs with the stored file; Encoding and File_name are obeyed', async () => {
    const out = join(kit.folder, 'out');
    writeFileSync(
      join(kit.folder, 'note.mjs'),
      `import fs from 'node:fs'; fs.appendFileSync(${JSON.stringify(out)}, process.argv[2] + '\\n');`,
    );
    writeFileSync(
      kit.conf,
      `${readFileSync(kit.conf, 'utf8')}\nOn_message = "${process.execPath}" "${kit.folder}/note.mjs" {file}\nFile_name = {number}_{seq}.xml\nEncoding = windows-1251\n`,
    );
    const [message] = peer.enqueue(1);
    expect((await run('-once')).exit).toBe(0);
    const name = `${message!.meta.number}_${String(message!.sequence).padStart(9, '0')}.xml`;
    expect(readdirSync(kit.storage)).toContain(name);
    expect(readFileSync(join(kit.storage, name)).includes(Buffer.from('windows-1251'))).toBe(true);
    expect(readFileSync(out, 'utf8')).toBe(`${join(kit.storage, name)}\n`);
  });
});

describe('exit codes', () => {
  test('0: -help, -version, also with two dashes and in capitals', async () => {
    expect(await runProgram(['-version'])).toEqual({ exit: 0, out: 'Stat_Client 0.1.0\n', error: '' });
    const help = await runProgram(['--HELP'], { LANG: 'ru_RU.UTF-8' });
    expect(help.exit).toBe(0);
    expect(help.out).toContain('-Client_cert');
    expect(help.out).toContain('Коды завершения');
  });

  test('2: configuration with line number, unknown key of the command line, no configuration', async () => {
    writeFileSync(kit.conf, `${readFileSync(kit.conf, 'utf8')}Wait = 70\n`);
    const bad = await run();
    expect(bad.exit).toBe(2);
    expect(bad.error).toBe(`${kit.conf}:7: Wait: 70 is not a whole number from 1 to 55\n`);
    expect((await runProgram(['-nonsense'])).exit).toBe(2);
    expect((await runProgram(['-conf', join(kit.folder, 'none.conf')])).exit).toBe(2);
  });

  requires('not Windows').test('3: a PEM that others can read is refused until -protect', async () => {
    chmodSync(kit.pem, 0o644);
    const refused = await run('-once');
    expect(refused.exit).toBe(3);
    expect(refused.error).toContain('OT2004');
    expect(logOf(kit)).toContain('OT2004');
    expect(peer.pulls).toEqual([]);
    expect((await run('-protect')).exit).toBe(0);
    expect(statSync(kit.pem).mode & 0o777).toBe(0o600);
    expect((await run('-once')).exit).toBe(0);
  });

  test('3: certificate file missing', async () => {
    rmSync(join(kit.folder, 'ca.crt'));
    expect((await run('-once')).exit).toBe(3);
  });

  test('4: Storage missing, and it is not created', async () => {
    rmSync(kit.storage, { recursive: true });
    const { exit, error } = await run();
    expect(exit).toBe(4);
    expect(error).toContain('OT2002');
    expect(existsSync(kit.storage)).toBe(false);
  });

  test('5: Storage or Logger used by another client, with its pid and host', async () => {
    const child = start(kit);
    await until(() => peer.pulls.length > 0, 'first client runs');
    const sameStorage = await run('-logger', join(kit.folder, 'other.out'), '-once');
    expect(sameStorage.exit).toBe(5);
    expect(sameStorage.error).toContain(`OT2005 ${kit.storage} is used by another client (pid ${child.pid}, `);
    const otherStorage = join(kit.folder, 'other');
    mkdirSync(otherStorage);
    const sameLogger = await run('-storage', otherStorage, '-once');
    expect(sameLogger.exit).toBe(5);
    expect(sameLogger.error).toContain(`pid ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect((await run('-once')).exit).toBe(0);
  });

  test('5: a folder under two names is one folder', async () => {
    start(kit);
    await until(() => peer.pulls.length > 0, 'first client runs');
    execFileSync('ln', ['-s', kit.storage, join(kit.folder, 'link')]);
    expect((await run('-storage', join(kit.folder, 'link'), '-logger', join(kit.folder, 'o.out'), '-once')).exit).toBe(5);
  });

  test('5: another computer took the folder over: this one stops', async () => {
    const child = start(kit);
    await until(() => peer.pulls.length > 0, 'client runs');
    writeFileSync(join(kit.storage, '.stat_client', 'lock'), JSON.stringify({ host: 'another-host', pid: 77, token: 'x' }));
    await until(() => child.exitCode !== null, 'it stops at its next heartbeat');
    expect(child.exitCode).toBe(5);
    expect(logOf(kit)).toMatch(/ERROR OT2005 .* is used by another client \(pid 77, another-host\)/);
    expect(readFileSync(join(kit.storage, '.stat_client', 'lock'), 'utf8')).toContain('another-host');
  });

  requires('root').test('4: a folder that the user may not write, seen by an ordinary user', async ({ skip }) => {
    const user = { uid: 65_534, gid: 65_534 };
    execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, kit.folder]);
    chmodSync(kit.storage, 0o555);
    const child = spawnSync(process.execPath, [MAIN, '-conf', kit.conf, '-once'], { ...user, encoding: 'utf8' });
    // A checkout below /root.
    skip(/EACCES|MODULE_NOT_FOUND/.test(child.stderr) && child.status === 1, 'an ordinary user cannot read the program in this folder');
    expect(child.status).toBe(4);
    // And root does not take another user's certificate.
    expect((await run('-once')).exit).toBe(3);
  });

  test('6: refused by the hub; 7: unreachable (-once)', async () => {
    peer.onPull = () => ({ error: 'CERT_REVOKED' });
    expect((await run('-once')).exit).toBe(6);
    expect(logOf(kit)).toContain('OT2008 the server refused the certificate: CERT_REVOKED');
    expect((await run('-once', '-connect', '127.0.0.1:1')).exit).toBe(7);
    writeFileSync(kit.pem, issue(createAuthority(), 'agency-17').pem);
    expect((await run('-once')).exit).toBe(6);
  });

  test('9: -inspect finds errors; 0 without', async () => {
    writeFileSync(join(kit.storage, 'a.xml'), 'this is no XML');
    const found = await runProgram(['-inspect', kit.storage, '-language', 'en']);
    expect(found.exit).toBe(9);
    expect(found.out).toContain('a.xml');
    rmSync(join(kit.storage, 'a.xml'));
    expect((await runProgram(['-inspect', kit.storage])).exit).toBe(0);
    expect((await runProgram(['-inspect', join(kit.folder, 'none')])).exit).toBe(2);
  });
});

describe('-check', () => {
  test('prints each test, touches no message, and may run beside the client', async () => {
    start(kit);
    await until(() => peer.pulls.length > 0, 'client runs');
    const pulls = peer.pulls.length;
    const { exit, out } = await run('-check');
    expect(exit).toBe(0);
    expect(out).toMatch(/\[ok +\] configuration /);
    expect(out).toMatch(/\[ok +\] .*agency-17\.pem is private/);
    expect(out).toMatch(/\[ok +\] certificate of agency-17, valid until \d{4}-\d\d-\d\d/);
    expect(out).toMatch(/\[ok +\] Storage .* can be written, \d+ MiB free/);
    expect(out).toMatch(/\[ok +\] Storage is in use by a running client \(pid \d+/);
    expect(out).toMatch(/\[ok +\] server localhost:\d+ answers: client agency-17, active, 0 messages waiting/);
    expect(peer.pulls.length).toBe(pulls);
    expect(readdirSync(kit.storage).filter((name) => name.includes('check'))).toEqual([]);
  });

  test('tells every fault and exits with the first one', async () => {
    chmodSync(kit.pem, 0o644);
    rmSync(kit.storage, { recursive: true });
    const { exit, out } = await run('-check', '-connect', '127.0.0.1:1', '-language', 'ru');
    expect(exit).toBe(3);
    expect(out.match(/\[fail\]/g)?.length).toBe(3);
    expect(out).toMatch(/\[fail\] OT2004 файл .* доступен другим пользователям/);
    expect(out).toMatch(/\[fail\] папка .* недоступна/);
    expect(out).toMatch(/\[fail\] сервер 127\.0\.0\.1:1/);
  });

  test('one of several servers is enough; an expired certificate is a fault', async () => {
    const several = await run('-check', '-connect', `127.0.0.1:1,localhost:${peer.port}`);
    expect(several.exit).toBe(0);
    expect(several.out).toMatch(/\[warn\] server 127\.0\.0\.1:1/);
    writeFileSync(kit.pem, issue(peer.authority, 'agency-17', { from: -20 * 86_400_000, to: -86_400_000 }).pem);
    const expired = await run('-check');
    expect(expired.exit).toBe(6);
    expect(expired.out).toMatch(/\[fail\] certificate of agency-17, .* not valid now/);
  });
});

test('-replay is refused by a hub that does not allow it: exit 6', async () => {
  const { exit, out } = await run('-replay', 'seq:1-5');
  expect(exit).toBe(6);
  expect(out).toContain('NOT_ALLOWED');
});

test('no secret, passport, name or XML reaches the log or the screen, in any case of trouble', async () => {
  const secrets = [
    'PRIVATE KEY',
    'geheim-4711',
    'ИВАНОВА',
    'ПС4510123456',
    '4510123456',
    '<TICKET',
    'FARECALC',
    kit.identity.key.split('\n')[1]!,
  ];
  const outputs: string[] = [];
  const collect = (result: { out: string; error: string }) => outputs.push(result.out, result.error);
  peer.enqueue(20);
  let turn = 0;
  peer.onAnswer = (answer) => {
    turn++;
    const messages = answer['messages'] as { xml: string; sha256: unknown; name: unknown; id: unknown }[];
    if (turn === 1 && messages[0]) return { ...answer, messages: messages.map((each) => ({ ...each, xml: `${each.xml} ` })) };
    if (turn === 2 && messages[0]) return { ...answer, messages: messages.map((each) => ({ ...each, id: each.xml })) };
    if (turn === 3 && messages[0]) return { ...answer, messages: messages.map((each) => ({ ...each, sha256: 4510123456 })) };
    if (turn === 4 && messages[0]) return { ...answer, messages: messages.map((each) => ({ ...each, name: each.xml })) };
    return answer;
  };
  for (let i = 0; i < 4; i++) collect(await run('-once', '-log_level', 'debug'));
  peer.onAnswer = (answer) => answer;
  collect(await run('-once', '-log_level', 'debug', '-proxy', 'http://user:geheim-4711@127.0.0.1:1'));
  collect(await run('-check', '-proxy', 'http://user:geheim-4711@127.0.0.1:1'));
  writeFileSync(kit.conf, `${readFileSync(kit.conf, 'utf8')}Proxy = user:geheim-4711@proxy\n`);
  collect(await run('-once'));
  writeFileSync(kit.pem, kit.identity.pem.replace('-----END PRIVATE', '-----END BROKEN'));
  collect(await run('-once', '-proxy', 'none'));
  outputs.push(logOf(kit));
  expect(turn).toBeGreaterThanOrEqual(4);
  expect(filesIn(kit.storage).size).toBe(20);
  for (const secret of secrets) for (const output of outputs) expect(output).not.toContain(secret);
  expect(logOf(kit)).toContain('OT2006');
});

test('a log that cannot be written does not stop delivery', async () => {
  peer.enqueue(5);
  const { exit, error } = await run('-once', '-logger', join(kit.folder, 'no', 'such', 'Client.out'));
  expect(exit).toBe(0);
  expect(filesIn(kit.storage).size).toBe(5);
  expect(error).toContain('OT1003');
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findProgram } from '../../../../../scripts/setup/programs.mjs';
import { until } from '../../../../core/database/test/support/until.ts';

/** `nobody` of Debian: owner of the maildir. */
const NOBODY = 65_534;

/** A port that nobody holds now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface MailServer {
  readonly port: number;
  /** Mails in the box of ivanov@test.invalid. */
  mails(): Promise<Buffer[]>;
  log(): string;
  stop(): Promise<void>;
}

/**
 * OpenSMTPD for the domain test.invalid: `ivanov` has a maildir, mail to `gone` is taken and found undeliverable afterwards, nobody else is known;
 * mail for vestnik.invalid, such as reports, is handed on to `returns`. There can be one at a time: its control socket has a fixed place.
 */
export async function startMailServer(folder: string, returns: number): Promise<MailServer> {
  const port = await freePort();
  const box = join(folder, 'box');
  await mkdir(box);
  await chmod(folder, 0o755);
  await chown(box, NOBODY, NOBODY);
  const configuration = join(folder, 'smtpd.conf');
  await writeFile(
    configuration,
    `table users { "ivanov" = "${NOBODY}:${NOBODY}:${box}" }
table lost { "gone" = "${NOBODY}:${NOBODY}:${box}" }
listen on 127.0.0.1 port ${port} hostname mta.test.invalid
action "local" maildir "${box}" userbase <users>
action "lost" mda "exit 67" userbase <lost>
action "back" relay host smtp://127.0.0.1:${returns}
match from any for rcpt-to "gone@test.invalid" action "lost"
match from any for domain "test.invalid" action "local"
match from any for domain "vestnik.invalid" action "back"
`,
  );
  await chmod(configuration, 0o600);
  const child: ChildProcess = spawn(findProgram('smtpd') ?? 'none', ['-d', '-f', configuration], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const note = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  const ended = once(child, 'exit');
  await until(async () => {
    expect(child.exitCode, log).toBeNull();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  });
  return {
    port,
    async mails() {
      const names = await readdir(join(box, 'new')).catch(() => []);
      return Promise.all(names.sort().map((name) => readFile(join(box, 'new', name))));
    },
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

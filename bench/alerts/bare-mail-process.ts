import { composeMail } from '@vestnik/hub/alerts/channels/smtp/compose-mail.ts';
import { createTransport } from 'nodemailer';
import { textFor } from './task.ts';

/**
 * The limit: a pool of nodemailer that gets the same mails, so many at once as it has connections; no database. It is asked
 * `{ port, count, connections, perConnection }` and answers `{ seconds }`.
 */
const SENDER = { from: { name: '', address: 'duty@example.org' }, returnPath: 'duty@example.org', bounceKey: undefined };

interface Question {
  readonly port: number;
  readonly count: number;
  readonly connections: number;
  readonly perConnection: number;
}

function mailFor(n: number) {
  const composition = composeMail(
    {
      attempt: n,
      reference: `0.${n}.1`,
      address: `p${n}@example.org`,
      text: textFor(n),
      subject: undefined,
      confirmUrl: undefined,
      attachments: [],
      from: undefined,
      channels: undefined,
    },
    SENDER,
  );
  if ('fault' in composition) throw new Error(`mail ${n}: ${composition.fault}`);
  return composition.mail;
}

async function send({ port, count, connections, perConnection }: Question): Promise<number> {
  const mailer = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: connections,
    maxMessages: perConnection,
  });
  const begun = performance.now();
  let sent = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (sent < count) {
        sent += 1;
        await mailer.sendMail(mailFor(sent));
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  mailer.close();
  return seconds;
}

process.send?.({ port: 0 });
process.on('message', async (question: Question) => {
  process.send?.({ seconds: await send(question) });
});
process.on('disconnect', () => process.exit(0));

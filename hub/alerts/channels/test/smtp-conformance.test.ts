import { type MailSink, type SinkAnswer, startMailSink } from '../../mail-sink/mail-sink.ts';
import { decodedBody, type MimePart, readMail } from '../smtp/mime-parts.ts';
import { conformance, type Peer } from './conformance.ts';
import { makeDriver, smtpSettings } from './support/smtp.ts';

const plain = (part: MimePart): MimePart | undefined =>
  part.type === 'text/plain' ? part : part.parts.map(plain).find((inner) => inner !== undefined);

/** The text of a mail without the end of its last line, which every mail has. */
function textOf(raw: Buffer): string {
  const part = plain(readMail(raw));
  return part ? decodedBody(part).replace(/\n$/, '') : '';
}

async function makeSinkPeer(): Promise<Peer> {
  let silent = false;
  const answer = (receiver: string): SinkAnswer | undefined => {
    if (receiver.startsWith('nobody@')) return { do: 'refuse', at: 'rcpt', code: 550, text: '5.1.1 no such mailbox' };
    if (receiver.startsWith('later@')) return { do: 'refuse', at: 'rcpt', code: 450, text: '4.2.1 not now' };
    return silent ? { do: 'stall', at: 'dot' } : undefined;
  };
  let sink: MailSink = await startMailSink({ answer });
  const { port } = sink;
  const before: MailSink['mails'][number][] = [];
  return {
    driver: (news) => makeDriver(smtpSettings(port, { connections: 4 }), news),
    addresses: {
      good: 'ivanov@test.invalid',
      others: Array.from({ length: 10 }, (_, index) => `person${index}@test.invalid`),
      permanent: 'nobody@test.invalid',
      temporary: 'later@test.invalid',
    },
    text: 'Внимание! Учебная тревога.\n.\nСбор во дворе, подъезд 2 <нижний>',
    patience: 3_000,
    silence() {
      silent = true;
    },
    voice() {
      silent = false;
    },
    async down() {
      before.push(...sink.mails);
      await sink.stop();
    },
    async up() {
      sink = await startMailSink({ answer, port });
    },
    arrived: () =>
      [...before, ...sink.mails].filter(({ taken }) => taken).map(({ to, raw }) => ({ address: to.join(), text: textOf(raw) })),
    open: () => sink.connections,
    close: () => sink.stop(),
  };
}

conformance('e-mail', makeSinkPeer);

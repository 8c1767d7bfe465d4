import { createTransport, type SendMailOptions, type SMTPPoolOptions } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { readMailbox } from '../../email-address.ts';
import type { SmtpSettings } from './settings.ts';

/** How far a mail has come. */
export interface Departure {
  /** The end of the message may have left: from here on silence leaves it open whether the server has it. */
  dotSent: boolean;
}

/** The pool of connections to one server, and the way to look whether it is there. */
export interface Transport {
  /**
   * Hands a mail over. @param signal closes its connection, when it has one.
   * @returns what the server answered. @throws what nodemailer throws: judgeFailure reads it
   */
  send(mail: SendMailOptions, departure: Departure, signal: AbortSignal): Promise<string>;
  /** Connects, greets, logs in and leaves. @throws as `send` */
  probe(signal: AbortSignal): Promise<void>;
  /** Closes all connections; mails under way fail. */
  close(): void;
}

function poolOptions(settings: SmtpSettings): SMTPPoolOptions & { pool: true } {
  const { host, port, tls, user, password, connections, messagesPerConnection, timeout, ca, verify, tlsName } = settings;
  const milliseconds = timeout * 1000;
  const from = readMailbox(settings.from)?.address ?? '';
  return {
    pool: true,
    host,
    port: port ?? (tls === 'implicit' ? 465 : 587),
    secure: tls === 'implicit',
    ignoreTLS: tls === 'none',
    // A password goes in the clear only where that was said in so many words.
    requireTLS: tls === 'required' || (tls === 'starttls' && password !== undefined),
    name: settings.helo ?? from.slice(from.lastIndexOf('@') + 1),
    ...(user !== undefined && { auth: { user, pass: password }, forceAuth: true }),
    maxConnections: connections,
    maxMessages: messagesPerConnection,
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    dnsTimeout: milliseconds,
    socketCloseTimeout: 1_000,
    maxResponseSize: 16_384,
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: verify === 'full',
      ...(ca !== undefined && { ca }),
      ...(tlsName !== undefined && { servername: tlsName }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
}

/** A pool of nodemailer that also knows of each mail whether its last byte may have left. */
export function openTransport(settings: SmtpSettings): Transport {
  const options = poolOptions(settings);
  const { dkimDomain, dkimSelector, dkimKey } = settings;
  const mailer = createTransport({
    ...options,
    ...(dkimDomain !== undefined &&
      dkimSelector !== undefined &&
      dkimKey !== undefined && { dkim: { domainName: dkimDomain, keySelector: dkimSelector, privateKey: dkimKey } }),
  });
  const departures = new WeakMap<AbortSignal, Departure>();
  mailer.use('stream', (mail, done) => {
    const departure = mail.data.signal && departures.get(mail.data.signal);
    if (departure) {
      const { message } = mail;
      const read = message.createReadStream.bind(message);
      // Told before the pool is: our listener is the first, and the dot follows the end of the stream.
      message.createReadStream = (how) =>
        read(how).once('end', () => {
          departure.dotSent = true;
        });
    }
    done();
  });
  return {
    async send(mail, departure, signal) {
      departures.set(signal, departure);
      const { response } = await mailer.sendMail({ ...mail, signal });
      return response;
    },
    async probe(signal) {
      const connection = new SMTPConnection(options);
      const failed = Promise.withResolvers<never>();
      failed.promise.catch(() => undefined);
      connection.on('error', failed.reject);
      const end = (): void => {
        connection.close();
        failed.reject(signal.reason);
      };
      signal.addEventListener('abort', end);
      try {
        const step = (begin: (done: (error?: unknown) => void) => void): Promise<void> =>
          Promise.race([
            failed.promise,
            new Promise<void>((resolve, reject) => begin((error) => (error === undefined || error === null ? resolve() : reject(error)))),
          ]);
        await step((done) => connection.connect(done));
        const { auth } = options;
        if (auth) await step((done) => connection.login({ user: auth.user ?? '', pass: auth.pass ?? '' }, done));
        // Said, but not waited for: a server that takes our login may say goodbye as it likes.
        connection.quit();
      } finally {
        signal.removeEventListener('abort', end);
        connection.close();
      }
    },
    close: () => mailer.close({ force: true }),
  };
}

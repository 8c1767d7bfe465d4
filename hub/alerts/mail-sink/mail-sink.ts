import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { SMTPServer, type SMTPServerAuthentication, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

/**
 * How the sink treats a mail to one receiver. `refuse`: answers with this reply; `stall`: stays silent, the connection open; `cut`: closes the
 * connection without an answer. Each at a step: `rcpt` the receiver is named, `dot` the mail has come whole. `slow`: takes it, but only after so many milliseconds.
 */
export type SinkAnswer =
  | { readonly do: 'refuse'; readonly at: 'rcpt' | 'dot'; readonly code: number; readonly text: string }
  | { readonly do: 'stall' | 'cut'; readonly at: 'rcpt' | 'dot' }
  | { readonly do: 'slow'; readonly milliseconds: number };

/** A mail that the sink has got whole, whether or not it said so. */
export interface SunkMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, dots unstuffed. */
  readonly raw: Buffer;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether the sink took it: 250 was said. */
  readonly taken: boolean;
  /** The connection was encrypted; who had logged in. */
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface MailSinkOptions {
  /** (Default: 127.0.0.1) */
  readonly host?: string;
  /** (Default: 0, any free one) */
  readonly port?: number;
  /** Mails that are kept; the oldest are dropped (Default: 500). */
  readonly keep?: number;
  /** Bytes of a mail that are kept; the rest is read and dropped (Default: 1 MiB). */
  readonly keepBytes?: number;
  /** What is answered for a receiver; undefined: the mail is taken (Default: all are taken). */
  readonly answer?: (receiver: string) => SinkAnswer | undefined;
  /** Certificate and key, for STARTTLS, or with `implicit` from the first byte. */
  readonly tls?: SecureContextOptions & { readonly implicit?: boolean };
  /** Logins that are taken; when given, nobody sends without one. */
  readonly logins?: Readonly<Record<string, string>>;
  /** Said to who connects, in place of a greeting: `421 4.7.0 Too many connections`. */
  readonly busy?: () => { readonly code: number; readonly text: string } | undefined;
  /** Each mail, as soon as it is whole. */
  readonly arrived?: (mail: SunkMail) => void;
}

export interface MailSink {
  readonly port: number;
  /** The mails that are kept, oldest first. */
  readonly mails: readonly SunkMail[];
  /** Mails that came whole since the start, whether kept or not. */
  readonly count: number;
  /** Connections that are open. */
  readonly connections: number;
  clear(): void;
  /** Closes the listener and breaks off every connection. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

async function drain(stream: SMTPServerDataStream, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (kept >= most) continue;
    chunks.push(kept + chunk.length > most ? chunk.subarray(0, most - kept) : chunk);
    kept += chunk.length;
  }
  return Buffer.concat(chunks);
}

/**
 * A mail server that delivers nowhere: it keeps the last mails in memory. The demo shows them, tests script its answers by receiver. Not for the
 * Internet: it takes mails for everybody from everybody.
 *
 * startMailSink(): listening -> stop() -> closed.
 */
export async function startMailSink(options: MailSinkOptions = {}): Promise<MailSink> {
  const { host = '127.0.0.1', port = 0, keep = 500, keepBytes = 1_048_576, answer = () => undefined, tls, logins, busy, arrived } = options;
  const mails: SunkMail[] = [];
  let count = 0;
  const sockets = new Set<Socket>();
  const pauses = new Map<NodeJS.Timeout, () => void>();

  const answerTo = (receivers: readonly { readonly address: string }[]): SinkAnswer | undefined => {
    for (const { address } of receivers) {
      const found = answer(address);
      if (found) return found;
    }
    return undefined;
  };
  const store = (mail: SunkMail): void => {
    count++;
    mails.push(mail);
    if (mails.length > keep) mails.shift();
    arrived?.(mail);
  };
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        pauses.delete(timer);
        resolve();
      }, milliseconds);
      pauses.set(timer, resolve);
    });

  let cut: (session: SMTPServerSession) => void = () => undefined;
  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const raw = await drain(stream, keepBytes);
    const { mailFrom, rcptTo } = session.envelope;
    const said = answerTo(rcptTo);
    const taken = said === undefined || said.do === 'slow';
    store({
      from: mailFrom ? mailFrom.address : '',
      to: rcptTo.map(({ address }) => address),
      raw,
      at: Date.now(),
      taken,
      secure: session.secure,
      user: session.user as string | undefined,
    });
    if (said?.do === 'slow') await pause(said.milliseconds);
    if (said?.do === 'refuse') throw refusal(said.code, said.text);
    if (said?.do === 'cut') cut(session);
    if (said?.do === 'cut' || said?.do === 'stall') return new Promise<never>(() => undefined);
    return `2.0.0 kept as ${count}`;
  }

  const server = new SMTPServer({
    name: 'sink.invalid',
    banner: 'mail sink',
    ...tls,
    secure: tls?.implicit === true,
    disabledCommands: [...(tls && !tls.implicit ? [] : ['STARTTLS']), ...(logins ? [] : ['AUTH'])],
    authOptional: logins === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    hideDSN: false,
    socketTimeout: 300_000,
    logger: false,
    onConnect(_session, done) {
      const said = busy?.();
      done(said && refusal(said.code, said.text));
    },
    onAuth({ username, password }: SMTPServerAuthentication, _session, done) {
      const right = username !== undefined && logins?.[username] !== undefined && logins[username] === password;
      if (right) return done(null, { user: username });
      done(refusal(535, '5.7.8 authentication failed'));
    },
    onRcptTo(address, session, done) {
      const said = answerTo([address]);
      if (said === undefined || said.do === 'slow' || said.at !== 'rcpt') return done();
      if (said.do === 'refuse') return done(refusal(said.code, said.text));
      if (said.do === 'cut') cut(session);
    },
    onData(stream, session, done) {
      take(stream, session).then(
        (text) => done(null, text),
        (error: Error) => done(error),
      );
    },
  });
  cut = ({ remotePort }) => {
    for (const socket of sockets) if (socket.remotePort === remotePort) socket.destroy();
  };
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Clients that vanish, garbage instead of TLS: the end of that connection, nothing else.
  const ready = Promise.withResolvers<void>();
  server.on('error', ready.reject);
  server.server.listen({ host, port }, ready.resolve);
  await ready.promise;

  async function stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const [timer, resolve] of pauses) {
      clearTimeout(timer);
      resolve();
    }
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    get count() {
      return count;
    },
    get connections() {
      return sockets.size;
    },
    clear: () => void mails.splice(0),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

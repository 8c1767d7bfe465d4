import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { measure, notesOf } from '../../../core/telemetry/channels.ts';
import type { Bounce } from '../driver.ts';
import { oneLine } from './classify.ts';
import { readDeliveryStatus } from './delivery-status.ts';
import { readBounceAddress } from './verp.ts';

const notes = notesOf('alerts.bounces');

/** Kept of a mail: a report stands at its beginning, the returned mail after it is read and dropped. */
const KEPT_BYTES = 262_144;
const MAIL_MOST = 33_554_432;
const CONNECTIONS_MOST = 50;
const RECEIVERS_MOST = 10;
const SILENCE_MOST = 60_000;
/** Until a port that was taken is tried again. */
const LISTEN_AGAIN = 5_000;

export interface BounceListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Normalised; return paths of single mails are made of it. */
  readonly returnPath: string;
  readonly key: Uint8Array;
  /** Resolves when the bounce is stored; only then does the server on the other side hear that we have it. */
  bounced(bounce: Bounce): Promise<void>;
}

export interface BounceListener {
  /** The port it listens on; undefined while it does not. */
  readonly port: number | undefined;
  /** Why it does not listen. */
  readonly trouble: string | undefined;
  /** @param deadline milliseconds that mails under way may still take */
  stop(deadline: number): Promise<void>;
}

const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

/** The beginning of the mail; the rest is read and forgotten. Rejects when the connection ends before the mail does. */
function beginningOf(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      if (kept >= KEPT_BYTES) return;
      const part = chunk.subarray(0, KEPT_BYTES - kept);
      chunks.push(part);
      kept += part.length;
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', reject);
  });
}

/**
 * Takes the mails that come back: a mail server for the return paths that we have given out, and for nothing else. No login, no relaying, nothing is stored
 * here; 250 is said when the bounce is stored, 451 when it could not be, so that the other side brings it again.
 *
 * listening <-> waiting (the port is taken; tried again) -> stop(): mails under way end, or are cut at the deadline -> closed.
 */
export function startBounceListener({ host, port, returnPath, key, bounced }: BounceListenerOptions): BounceListener {
  let again: NodeJS.Timeout | undefined;
  let trouble: string | undefined = 'not listening yet';
  let stopped = false;

  async function take(stream: SMTPServerDataStream, addresses: readonly string[]): Promise<string> {
    const mail = await beginningOf(stream);
    if (stream.sizeExceeded) throw refusal(552, 'this is too large for a report');
    const status = readDeliveryStatus(mail);
    for (const address of addresses) {
      const reference = readBounceAddress(address, returnPath, key);
      if (reference === undefined) continue;
      measure('vestnik_alerts_bounces_total', 1, { result: status === 'no bounce' ? 'no_bounce' : status.result });
      if (status === 'no bounce') notes.debug('a mail came to a return path that is no bounce', { reference });
      else await bounced({ reference, ...status });
    }
    return 'noted';
  }

  const server = new SMTPServer({
    name: returnPath.slice(returnPath.lastIndexOf('@') + 1),
    banner: 'reports of deliveries only',
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    lenientAddressParsing: true,
    size: MAIL_MOST,
    maxClients: CONNECTIONS_MOST,
    maxRecipients: RECEIVERS_MOST,
    maxCommandLength: 2048,
    socketTimeout: SILENCE_MOST,
    logger: false,
    onRcptTo({ address }, _session, done) {
      if (readBounceAddress(address, returnPath, key) !== undefined) return done();
      measure('vestnik_alerts_bounces_total', 1, { result: 'refused' });
      done(refusal(550, '5.1.1 no such return path'));
    },
    onData(stream, { envelope }, done) {
      take(
        stream,
        envelope.rcptTo.map(({ address }) => address),
      ).then(
        (text) => done(null, text),
        (error: unknown) => {
          if (error instanceof Error && 'responseCode' in error) return done(error);
          measure('vestnik_alerts_bounces_total', 1, { result: 'unstored' });
          notes.warn('a bounce could not be stored', {}, error);
          done(refusal(451, '4.3.0 cannot be stored now, please come again'));
        },
      );
    },
  });

  const listen = (): void => {
    server.server.listen({ host, port });
  };
  server.server.on('listening', () => {
    trouble = undefined;
  });
  // Of the port, or of one connection: the latter end themselves.
  server.on('error', (error: Error & { syscall?: string }) => {
    if (error.syscall !== 'listen' || stopped) return;
    if (trouble === undefined || trouble === 'not listening yet') notes.warn('bounces cannot be taken', { host, port, why: error.message });
    trouble = oneLine(error.message);
    again = setTimeout(listen, LISTEN_AGAIN);
  });
  listen();

  return {
    get port() {
      return (server.server.address() as AddressInfo | null)?.port;
    },
    get trouble() {
      return trouble;
    },
    stop(deadline) {
      stopped = true;
      clearTimeout(again);
      server.options.closeTimeout = Math.max(1, deadline);
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

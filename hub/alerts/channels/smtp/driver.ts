import { notesOf } from '../../../core/telemetry/channels.ts';
import { normaliseEmail, readMailbox } from '../../email-address.ts';
import type { AttemptOutcome, ChannelNews, ChannelState, Driver, Order } from '../driver.ts';
import { type BounceListener, startBounceListener } from './bounce-listener.ts';
import { judgeFailure, oneLine, replyCode, type Verdict } from './classify.ts';
import { composeMail, type Sender } from './compose-mail.ts';
import { createMailPace, type MailPace } from './mail-pace.ts';
import { readListen, type SmtpSettings } from './settings.ts';
import { type Departure, openTransport, type Transport } from './transport.ts';

const notes = notesOf('alerts.smtp');

/** Waiting times, milliseconds. Tests shorten them. */
export interface SmtpPace {
  /** After a fault until the server is looked at for the first time; each look that fails doubles the wait. */
  readonly first: number;
  /** The longest wait between two looks. */
  readonly most: number;
  /** After a refused login: servers lock who asks too often. */
  readonly login: number;
  /** A pool that sends nothing looks this often whether the server is still there. */
  readonly watch: number;
  /** After "not so many at once" until one connection more is tried. */
  readonly widen: number;
}

const PACE: SmtpPace = { first: 500, most: 60_000, login: 300_000, watch: 60_000, widen: 10_000 };

export interface SmtpPorts {
  /** Signs the return paths; the same on every hub, and for as long as bounces may come. */
  readonly bounceKey: Uint8Array;
  readonly pace?: Partial<SmtpPace>;
}

/** A mail may take so many answers' time, and besides a millisecond for so many bytes (16 KB a second). */
const ANSWERS = 4;
const BYTES_A_MILLISECOND = 16;

type Phase = 'off' | 'connecting' | 'working' | 'faulty' | 'stopping';

/** Texts of servers may name mailboxes; states of channels must not. */
const withoutAddresses = (text: string): string => text.replace(/[^\s<>"']+@[^\s<>"']+/g, '…');

/**
 * A group of e-mail channels: one pool of connections to one server (specification 5.1).
 *
 *     off -> start() -> connecting -> working <-> faulty -> stop() from any -> stopping -> off
 *
 * connecting: the server is looked at: connection, TLS, login. working: mails are taken, at most `capacity()` at once. faulty: the server cannot be
 * reached or refuses our login; it takes no mails and looks again, ever more seldom, until the server is back. A pool that has nothing to send looks too,
 * so that a fault is known before the alarm. stopping: mails under way end, or are broken off at the deadline.
 */
class SmtpDriver implements Driver {
  readonly #settings: SmtpSettings;
  readonly #news: ChannelNews;
  readonly #ports: SmtpPorts;
  readonly #pace: SmtpPace;
  readonly #sender: Sender;
  readonly #underWay = new Set<AbortController>();
  #phase: Phase = 'off';
  #why = '';
  #since = Date.now();
  #ok = 0;
  #failed = 0;
  #allowed: number;
  #rate: MailPace;
  #looks = 0;
  #transport: Transport | undefined;
  #bounces: BounceListener | undefined;
  #looking: AbortController | undefined;
  #nextLook: NodeJS.Timeout | undefined;
  #widening: NodeJS.Timeout | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(settings: SmtpSettings, news: ChannelNews, ports: SmtpPorts) {
    this.#settings = settings;
    this.#news = news;
    this.#ports = ports;
    this.#pace = { ...PACE, ...ports.pace };
    this.#allowed = settings.connections;
    this.#rate = createMailPace(settings.perMinute);
    const from = readMailbox(settings.from);
    if (!from) throw new TypeError(`from is no sender: ${settings.from}`);
    const returnPath = normaliseEmail(settings.returnPath ?? from.address) ?? from.address;
    this.#sender = { from, returnPath, bounceKey: settings.bounceListen === undefined ? undefined : ports.bounceKey };
  }

  start(): Promise<void> {
    if (this.#phase !== 'off') return Promise.resolve();
    this.#transport = openTransport(this.#settings);
    this.#allowed = this.#settings.connections;
    this.#rate = createMailPace(this.#settings.perMinute);
    this.#looks = 0;
    this.#enter('connecting', 'looking for the server');
    void this.#look();
    const listen = this.#settings.bounceListen === undefined ? undefined : readListen(this.#settings.bounceListen);
    if (listen) {
      const { returnPath } = this.#sender;
      this.#bounces = startBounceListener({ ...listen, returnPath, key: this.#ports.bounceKey, bounced: (one) => this.#news.bounced(one) });
    }
    return Promise.resolve();
  }

  async stop(deadline: number): Promise<void> {
    if (this.#phase === 'off' || this.#phase === 'stopping') return this.#idle?.promise;
    this.#enter('stopping', 'stopping');
    clearTimeout(this.#nextLook);
    clearTimeout(this.#widening);
    this.#looking?.abort();
    this.#rate.close();
    const idle = Promise.withResolvers<void>();
    this.#idle = idle;
    if (this.#underWay.size === 0) idle.resolve();
    const timer = setTimeout(() => {
      for (const one of this.#underWay) one.abort();
    }, deadline);
    await Promise.all([idle.promise, this.#bounces?.stop(deadline)]);
    clearTimeout(timer);
    this.#transport?.close();
    this.#transport = undefined;
    this.#bounces = undefined;
    this.#enter('off', '');
  }

  states(): readonly ChannelState[] {
    const sending = this.#underWay.size > 0;
    const state = {
      off: 'off',
      stopping: sending ? 'sending' : 'off',
      connecting: 'fault',
      faulty: 'fault',
      working: sending ? 'sending' : 'free',
    } as const;
    const bounces = this.#bounces?.trouble === undefined ? '' : `;bounces=${this.#bounces.trouble}`;
    const info = this.#phase === 'working' ? `inflight=${this.#underWay.size};window=${this.#allowed}` : this.#why;
    return [{ state: state[this.#phase], since: this.#since, signal: null, info: `${info}${bounces}`, ok: this.#ok, failed: this.#failed }];
  }

  capacity(): number {
    return this.#phase === 'working' ? Math.min(this.#allowed, this.#rate.atOnce) : 0;
  }

  async attempt(order: Order, signal: AbortSignal): Promise<AttemptOutcome> {
    const outcome = (result: AttemptOutcome['result'], code: string, detail: string, pause?: number): AttemptOutcome => ({
      result,
      code,
      detail,
      channel: result === 'canceled' ? undefined : 0,
      messageIds: [],
      notBefore: pause,
    });
    const { channels } = order;
    if (signal.aborted) return outcome('canceled', 'aborted', 'aborted before anything was sent');
    if (channels && !channels.has(0)) return { ...outcome('channel', 'mask', 'the task does not allow this channel'), channel: undefined };
    const transport = this.#transport;
    if (this.#phase !== 'working' || !transport) return outcome('channel', this.#phase, oneLine(this.#why || 'the channel is off'));
    const composition = composeMail(order, this.#sender);
    if ('fault' in composition) {
      this.#failed++;
      return composition.fault === 'address'
        ? outcome('permanent', 'address', 'this is no e-mail address')
        : outcome('channel', 'from', 'the sender of the task is neither an address nor a name');
    }
    if (!(await this.#rate.turn(signal))) return outcome('canceled', 'aborted', 'aborted before its turn came');
    if (this.#phase !== 'working') return outcome('channel', this.#phase, oneLine(this.#why || 'the channel is off'));
    const departure: Departure = { dotSent: false };
    const verdict = await this.#send(transport, composition.mail, order, departure, signal);
    if (verdict.result === 'done') this.#ok++;
    else if (verdict.result !== 'canceled') this.#failed++;
    if (verdict.result === 'slow') this.#narrow();
    if (verdict.trouble) this.#fault(verdict);
    this.#news.changed();
    return outcome(verdict.result, verdict.code, verdict.detail, verdict.pause);
  }

  /** Sends one mail within its time; throws never. */
  async #send(
    transport: Transport,
    mail: Parameters<Transport['send']>[0],
    { text, attachments }: Order,
    departure: Departure,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const own = new AbortController();
    const abort = (): void => own.abort();
    signal.addEventListener('abort', abort, { once: true });
    const bytes = attachments.reduce((sum, { content }) => sum + content.byteLength * 1.4, text.length * 4);
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        abort();
      },
      ANSWERS * this.#settings.timeout * 1000 + bytes / BYTES_A_MILLISECOND,
    );
    if (this.#underWay.size === 0) this.#since = Date.now();
    this.#underWay.add(own);
    this.#news.changed();
    try {
      const reply = await transport.send(mail, departure, own.signal);
      const code = replyCode(reply);
      if (code?.startsWith('2')) return { result: 'done', code, detail: oneLine(reply), pause: undefined, trouble: undefined };
      return {
        result: 'unknown',
        code: 'garbage',
        detail: oneLine(`the server answered the message with: ${reply}`),
        pause: undefined,
        trouble: 'connection',
      };
    } catch (error) {
      // A server that answers a byte at a time is never silent long enough for the timeout of the connection.
      const failure = late ? Object.assign(new Error('the mail took too long'), { code: 'ETIMEDOUT' }) : error;
      return judgeFailure(failure, departure.dotSent);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#underWay.delete(own);
      if (this.#underWay.size === 0) {
        this.#since = this.#phase === 'working' ? Date.now() : this.#since;
        this.#idle?.resolve();
      }
    }
  }

  #enter(phase: Phase, why: string): void {
    if (this.#phase !== phase) this.#since = Date.now();
    this.#phase = phase;
    this.#why = why;
    this.#news.changed();
  }

  /** The server wants fewer connections: half of them, then one more at a time. */
  #narrow(): void {
    this.#rate.slower();
    if (this.#phase !== 'working') return;
    this.#allowed = Math.max(1, Math.floor(this.#allowed / 2));
    this.#widenLater();
  }

  #widenLater(): void {
    clearTimeout(this.#widening);
    if (this.#allowed >= this.#settings.connections) return;
    this.#widening = setTimeout(() => {
      this.#allowed++;
      this.#news.changed();
      this.#widenLater();
    }, this.#pace.widen);
  }

  #fault({ trouble, code, detail }: Verdict): void {
    if (this.#phase !== 'working') return;
    this.#enter('faulty', withoutAddresses(detail));
    notes.warn('mail server does not work', { host: this.#settings.host, code, why: this.#why });
    this.#looks = 0;
    this.#lookIn(trouble === 'login' ? this.#pace.login : this.#pace.first);
  }

  #lookIn(wait: number): void {
    clearTimeout(this.#nextLook);
    this.#nextLook = setTimeout(() => void this.#look(), wait);
  }

  /** Looks whether the server is there and takes our login, and sees to the next look. */
  async #look(): Promise<void> {
    const transport = this.#transport;
    if (!transport) return;
    // A pool that sends knows all it needs.
    if (this.#phase === 'working' && this.#underWay.size > 0) return this.#lookIn(this.#pace.watch);
    const looking = new AbortController();
    this.#looking = looking;
    const timer = setTimeout(() => looking.abort(), ANSWERS * this.#settings.timeout * 1000);
    try {
      await transport.probe(looking.signal);
      if (this.#transport !== transport || this.#phase === 'stopping') return;
      if (this.#phase === 'faulty') notes.info('mail server works again', { host: this.#settings.host });
      this.#looks = 0;
      if (this.#phase !== 'working') this.#enter('working', '');
      this.#lookIn(this.#pace.watch);
    } catch (error) {
      if (this.#transport !== transport || this.#phase === 'stopping') return;
      const { trouble, code, detail } = judgeFailure(error, false);
      const why = withoutAddresses(looking.signal.aborted ? 'the server does not answer' : detail);
      if (this.#phase !== 'faulty') notes.warn('mail server does not work', { host: this.#settings.host, code, why });
      this.#enter('faulty', why);
      const doubled = Math.min(this.#pace.most, this.#pace.first * 2 ** Math.min(this.#looks++, 16));
      // Some chance in it: hubs that lost the same server are not to come back in one step.
      this.#lookIn(trouble === 'login' ? this.#pace.login : doubled * (0.75 + Math.random() / 4));
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * A driver for one group of kind `smtp`.
 * @param settings parsed by `settingsSchema`
 * @example const driver = createSmtpDriver(settingsSchema.parse({ host: 'mail.example.org', from: 'duty@example.org' }), news, { bounceKey });
 */
export const createSmtpDriver = (settings: SmtpSettings, news: ChannelNews, ports: SmtpPorts): Driver =>
  new SmtpDriver(settings, news, ports);

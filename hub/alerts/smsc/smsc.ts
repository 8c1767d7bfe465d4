import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { createLongMessages } from '../channels/long-messages.ts';
import type { OutgoingMessage, ShortMessage } from '../channels/smpp/pdu.ts';
import { STATUS } from '../channels/smpp/pdu.ts';
import { type ReceivedText, readText } from '../channels/smpp/read-text.ts';
import { type Behaviour, ORDINARY, ruleFor, spellId } from './behaviour.ts';
import { type ClientSession, type SessionHost, serveClient } from './client-session.ts';
import { makeIncoming, makeReceipt } from './deliveries.ts';
import { createDueItems } from './due-items.ts';

export interface SmscOptions {
  /** (Default: 127.0.0.1) */
  readonly host?: string;
  /** (Default: 0, any free one; kept over a restart) */
  readonly port?: number;
  /** With it every connection is TLS. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly accounts: readonly { readonly systemId: string; readonly password: string }[];
  readonly behaviour?: Partial<Behaviour>;
  /** What the phone that got a message answers, if it does. */
  readonly reply?: (message: ArrivedMessage) => string | undefined;
  /** Milliseconds between a message and its reply (Default: 500). */
  readonly replyDelay?: number;
  /** Parts and messages that are remembered (Default: 10,000). */
  readonly keep?: number;
}

/** A submit_sm that was taken. */
export interface ArrivedPart extends ReceivedText {
  readonly systemId: string;
  readonly id: string;
  readonly dataCoding: number;
  readonly esmClass: number;
  readonly validity: string;
  readonly registeredDelivery: number;
}

/** A message as the phone shows it: its parts put together. */
export interface ArrivedMessage {
  readonly systemId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Smsc {
  /** Listens; after stop() again, on the same port. */
  start(): Promise<void>;
  /** Ends every connection without a goodbye, as a crash would. What was to be delivered is forgotten, what arrived is not. */
  stop(): Promise<void>;
  readonly port: number;
  /** The last parts that were taken, oldest first. */
  parts(): readonly ArrivedPart[];
  /** The last whole messages, oldest first. */
  messages(): readonly ArrivedMessage[];
  /** Parts taken since the beginning. */
  taken(): number;
  /** Connections, and those of them that are bound. */
  connections(): { readonly open: number; readonly bound: number };
  /** Receipts and messages of persons that wait for a client, or for its answer. */
  pending(): number;
  behave(changes: Partial<Behaviour>): void;
  /** A person sends a message. It waits until a client of the account can receive. @param systemId (Default: that of the first account) */
  send(from: string, to: string, text: string, systemId?: string): void;
  /** Ends all connections at once. */
  cut(): void;
}

/** Connections at once; more are closed. */
const MOST_CONNECTIONS = 200;
/** Deliveries that may wait for one account; the oldest gives way. */
const MOST_WAITING = 100_000;
/** Milliseconds after which a delivery that the client could not take is sent again. */
const AGAIN = 1_000;

/** A list of the last things: twice `most` at the longest, so that cutting is rare. */
function remember<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length >= 2 * most) list.splice(0, list.length - most);
}

/**
 * A message centre that delivers to nobody: for the demo, for tests and for trying out a channel without a provider. Any client of SMPP 3.4 can bind.
 *
 * stopped -> running -> stopped ...
 * A message: taken (or refused by a rule, or throttled) -> its receipt is due -> waiting for a client of the account -> under way -> answered; an answer
 * other than 0, or a connection that ends, lets it wait again.
 */
export function createSmsc({
  host = '127.0.0.1',
  port = 0,
  accounts,
  reply,
  replyDelay = 500,
  keep = 10_000,
  ...options
}: SmscOptions): Smsc {
  let behaviour: Behaviour = { ...ORDINARY, ...options.behaviour };
  let server: net.Server | undefined;
  let boundPort = port;
  /** Grows over restarts of the process, so that no id of today is one of yesterday. */
  let lastId = Date.now() * 1_000;
  let reference = 0;
  let taken = 0;
  let second = { at: 0, count: 0 };
  const sessions = new Set<ClientSession>();
  const parts: ArrivedPart[] = [];
  const messages: ArrivedMessage[] = [];
  const long = createLongMessages();
  const waiting = new Map<string, OutgoingMessage[]>();
  const due = createDueItems<() => void>((act) => act());

  /** Sends what waits for an account, over those of its sessions that can take it, in turns. */
  function pump(systemId: string): void {
    const queue = waiting.get(systemId);
    if (!queue) return;
    let sent = 0;
    for (let open = true; open && sent < queue.length; ) {
      open = false;
      for (const session of sessions) {
        const message = queue[sent];
        if (!message || session.systemId !== systemId || !session.canReceive()) continue;
        session.deliver(message);
        sent++;
        open = true;
      }
    }
    queue.splice(0, sent);
  }
  function enqueue(systemId: string, added: readonly OutgoingMessage[]): void {
    const queue = waiting.get(systemId) ?? [];
    waiting.set(systemId, queue);
    queue.push(...added);
    if (queue.length > MOST_WAITING) queue.splice(0, queue.length - MOST_WAITING);
    pump(systemId);
  }
  function isThrottled(): boolean {
    const at = Math.floor(performance.now() / 1_000);
    if (at !== second.at) second = { at, count: 0 };
    return behaviour.perSecond > 0 && ++second.count > behaviour.perSecond;
  }

  function arrive(part: ArrivedPart): void {
    taken++;
    remember(parts, part, keep);
    const now = performance.now();
    const { systemId, concatenation, from, to, text } = part;
    const whole = concatenation ? long.add({ from, to, concatenation, text }, now).filter(({ complete }) => complete) : [part];
    for (const one of whole) {
      const message: ArrivedMessage = { systemId, from: one.from, to: one.to, text: one.text, at: Date.now() };
      remember(messages, message, keep);
      const answer = reply?.(message);
      if (answer !== undefined) due.add(() => send(message.to, message.from, answer, systemId), replyDelay);
    }
  }
  function send(from: string, to: string, text: string, systemId = accounts[0]?.systemId ?? ''): void {
    reference = (reference + 1) & 0xff;
    enqueue(systemId, makeIncoming(from, to, text, reference));
  }

  function submit(session: ClientSession, message: ShortMessage, answer: (status: number, id: string) => void): void {
    if (isThrottled()) {
      answer(STATUS.throttled, '');
      return;
    }
    const rule = ruleFor(message.destination.number, behaviour);
    if (rule.cut) {
      session.close();
      return;
    }
    if (rule.status !== undefined && rule.status !== STATUS.ok) {
      answer(rule.status, '');
      return;
    }
    const number = ++lastId;
    const id = spellId(number, behaviour.answerIds);
    const submittedAt = Date.now();
    const { systemId } = session;
    const { dataCoding, esmClass, validity, registeredDelivery, source, destination } = message;
    arrive({ ...readText(message), systemId, id, dataCoding, esmClass, validity, registeredDelivery });
    const { receipt: state = 'DELIVRD', error = '000', copies = 1, answerAfter } = rule;
    if (answerAfter === undefined) answer(STATUS.ok, id);
    else due.add(() => answer(STATUS.ok, id), answerAfter);
    // Bits 0 and 1: 1 asks for a receipt in any case, 2 only for failures (5.2.17).
    const asked = registeredDelivery & 0x03;
    if (state === 'none' || asked === 0 || (asked === 2 && state === 'DELIVRD')) return;
    const tell = (): void => {
      const facts = {
        id: spellId(number, behaviour.receiptIds),
        receiver: destination,
        sender: source,
        state,
        error,
        submittedAt,
        doneAt: Date.now(),
      };
      enqueue(systemId, Array(copies).fill(makeReceipt(facts, behaviour.receiptForm)));
    };
    if (answerAfter === undefined) due.add(tell, rule.delay ?? behaviour.receiptDelay);
    else tell();
  }

  const sessionHost: SessionHost = {
    bind({ systemId, password }) {
      if (behaviour.bindStatus !== STATUS.ok) return behaviour.bindStatus;
      const account = accounts.find((one) => one.systemId === systemId);
      if (!account) return STATUS.badSystemId;
      return account.password === password ? STATUS.ok : STATUS.badPassword;
    },
    bound: ({ systemId }) => pump(systemId),
    submit,
    closed(session, undelivered) {
      sessions.delete(session);
      if (server && undelivered.length > 0) enqueue(session.systemId, undelivered);
    },
    delivered({ systemId }, message, status) {
      if (status === STATUS.ok) pump(systemId);
      else due.add(() => enqueue(systemId, [message]), AGAIN);
    },
    silent: () => behaviour.silent,
  };
  function accept(socket: Socket): void {
    if (sessions.size >= MOST_CONNECTIONS) socket.destroy();
    else sessions.add(serveClient(socket, 'vestnik', sessionHost));
  }
  const cut = (): void => {
    for (const session of [...sessions]) session.close();
  };

  return {
    async start() {
      if (server) return;
      server = options.tls ? tls.createServer(options.tls, accept) : net.createServer(accept);
      // A client that breaks off its handshake is no fault of ours.
      server.on('tlsClientError', () => undefined);
      server.listen({ host, port: boundPort });
      await once(server, 'listening');
      boundPort = (server.address() as AddressInfo).port;
    },
    async stop() {
      const last = server;
      server = undefined;
      cut();
      due.clear();
      waiting.clear();
      if (!last) return;
      last.close();
      await once(last, 'close');
    },
    get port() {
      return boundPort;
    },
    parts: () => parts.slice(-keep),
    messages: () => messages.slice(-keep),
    taken: () => taken,
    connections: () => ({ open: sessions.size, bound: [...sessions].filter(({ systemId }) => systemId !== '').length }),
    pending() {
      let count = 0;
      for (const queue of waiting.values()) count += queue.length;
      for (const { unanswered } of sessions) count += unanswered;
      return count;
    },
    behave(changes) {
      behaviour = { ...behaviour, ...changes };
      for (const systemId of waiting.keys()) pump(systemId);
    },
    send,
    cut,
  };
}

import net from 'node:net';
import tls from 'node:tls';
import { measure } from '../../../core/telemetry/channels.ts';
import { createFraming } from './framing.ts';
import {
  type BindFields,
  COMMAND,
  commandOf,
  decodeShortMessage,
  deliverResponse,
  encodeBind,
  encodeShortMessage,
  headerOnly,
  idOfResponse,
  type OutgoingMessage,
  PduFault,
  RESPONSE,
  type ShortMessage,
  STATUS,
  sequenceOf,
  statusOf,
} from './pdu.ts';
import { createUnitWriter } from './unit-writer.ts';

export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  /** undefined: without TLS. */
  readonly tls: tls.ConnectionOptions | undefined;
  /** One of the three commands that bind. */
  readonly command: number;
  readonly fields: BindFields;
  /** Milliseconds without a unit from the centre after which the link is tested. */
  readonly enquireLink: number;
  /** Milliseconds that an answer, and the connection, may take. */
  readonly respTimeout: number;
}

/** Why a link has ended. `bindStatus` is there where the centre refused the bind. */
export interface LinkEnd {
  readonly reason: string;
  readonly bindStatus: number | undefined;
}

/** The answer to a submit_sm; undefined when the link has ended before one came. */
export type SubmitAnswer = { readonly status: number; readonly id: string } | undefined;

export interface LinkListener {
  bound(): void;
  /** Called once, after every message under way has got its answer `undefined`. */
  closed(end: LinkEnd): void;
  /** A message of the centre; the status of the answer to it. Must not reject. */
  deliver(message: ShortMessage): Promise<number>;
}

export interface Link {
  readonly bound: boolean;
  /** Messages without an answer. */
  readonly outstanding: number;
  /** Serial of the oldest of them. */
  oldest(): number | undefined;
  /** Only while bound. @param serial grows from message to message */
  submit(message: OutgoingMessage, serial: number, settle: (answer: SubmitAnswer) => void): void;
  /** Says goodbye, then closes; at the latest after respTimeout. */
  unbind(): void;
  /** Closes at once. */
  destroy(reason: string): void;
}

interface Pending {
  readonly command: number;
  readonly sentAt: number;
  readonly serial: number;
  readonly settle: ((answer: SubmitAnswer) => void) | undefined;
}

/** Deliveries of the centre that wait for their commit; over that it is told to come again. */
const MOST_DELIVERIES = 2_000;
/** Octets that a centre which does not read may leave waiting here. */
const MOST_UNREAD = 4 * 1024 * 1024;
const LAST_SEQUENCE = 0x7fffffff;

const dropped = (reason: 'malformed' | 'stray' | 'unknown' | 'unreadable'): void =>
  measure('vestnik_alerts_smpp_dropped_total', 1, { reason });

/**
 * One connection to the centre, from its opening to its end.
 *
 * opening: TCP, and TLS, are being made -> binding: the request to bind is out -> bound -> unbinding: our or their goodbye is out -> closed.
 * From every state to closed: the connection breaks, something unreadable comes, or an answer is missing for respTimeout. A link never comes back
 * from closed; the keeper opens another one.
 *
 * All answers have the same time, so the first of the waiting ones is always the next that may be missing: one clock looks at it, no message has a timer.
 */
export function openLink(options: LinkOptions, listener: LinkListener): Link {
  let state: 'opening' | 'binding' | 'bound' | 'unbinding' | 'closed' = 'opening';
  let sequence = 0;
  let outstanding = 0;
  let deliveries = 0;
  let heardAt = performance.now();
  let stateSince = heardAt;
  const pending = new Map<number, Pending>();
  const { enquireLink, respTimeout } = options;

  const socket = options.tls
    ? tls.connect({ ...options.tls, host: options.host, port: options.port })
    : net.connect({ host: options.host, port: options.port });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);

  function enter(next: typeof state): void {
    state = next;
    stateSince = performance.now();
  }

  const writeUnit = createUnitWriter(socket);
  function write(unit: Buffer): void {
    if (writeUnit(unit) > MOST_UNREAD) close('the centre does not read what is sent to it');
  }

  /** An answer that took its time: the link may have ended meanwhile. */
  function answer(unit: Buffer): void {
    if (state !== 'closed') write(unit);
  }

  function request(command: number, make: (sequence: number) => Buffer, more?: Pick<Pending, 'serial' | 'settle'>): void {
    sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1;
    pending.set(sequence, { command, sentAt: performance.now(), serial: more?.serial ?? 0, settle: more?.settle });
    write(make(sequence));
  }
  const plainRequest = (command: number): void => request(command, (own) => headerOnly(command, STATUS.ok, own));

  function close(reason: string, bindStatus?: number): void {
    if (state === 'closed') return;
    enter('closed');
    clearInterval(clock);
    socket.destroy();
    const lost = [...pending.values()];
    pending.clear();
    outstanding = 0;
    for (const { settle } of lost) settle?.(undefined);
    listener.closed({ reason, bindStatus });
  }

  function takeResponse(unit: Buffer, command: number): void {
    const own = sequenceOf(unit);
    const waiting = pending.get(own);
    const nack = command === COMMAND.genericNack;
    if (!waiting || (!nack && command !== waiting.command + RESPONSE)) {
      dropped('stray');
      return;
    }
    pending.delete(own);
    const status = statusOf(unit);
    if (waiting.settle) {
      outstanding--;
      waiting.settle({
        status: nack && status === STATUS.ok ? STATUS.badCommand : status,
        id: status === STATUS.ok ? idOfResponse(unit) : '',
      });
    } else if (state === 'binding') {
      if (status !== STATUS.ok || nack) close(`the centre refused the bind, status ${status}`, status);
      else {
        enter('bound');
        listener.bound();
      }
    } else if (waiting.command === COMMAND.unbind) close('unbound');
  }

  async function deliver(unit: Buffer): Promise<void> {
    const own = sequenceOf(unit);
    const refusal =
      state !== 'bound' && state !== 'unbinding'
        ? STATUS.badBindState
        : deliveries >= MOST_DELIVERIES
          ? STATUS.receiverTemporary
          : undefined;
    if (refusal !== undefined) {
      write(deliverResponse(refusal, own));
      return;
    }
    const message = decodeShortMessage(unit);
    deliveries++;
    const status = await listener.deliver(message);
    deliveries--;
    answer(deliverResponse(status, own));
  }

  function takeRequest(unit: Buffer, command: number): void {
    const own = sequenceOf(unit);
    switch (command) {
      case COMMAND.deliverSm:
        deliver(unit).catch((error: unknown) => {
          if (!(error instanceof PduFault)) throw error;
          dropped('malformed');
          answer(headerOnly(COMMAND.genericNack, error.status, own));
        });
        return;
      case COMMAND.enquireLink:
        write(headerOnly(command + RESPONSE, STATUS.ok, own));
        return;
      case COMMAND.unbind:
        write(headerOnly(command + RESPONSE, STATUS.ok, own));
        // What is in flight will not be answered any more; the answer to the goodbye has left before the connection is closed.
        socket.end(() => close('the centre has ended the session'));
        enter('unbinding');
        return;
      case COMMAND.alertNotification:
        return;
      default:
        dropped('unknown');
        write(headerOnly(COMMAND.genericNack, STATUS.badCommand, own));
    }
  }

  const framing = createFraming((unit) => {
    if (state === 'closed') return;
    const command = commandOf(unit);
    if (command >= RESPONSE) takeResponse(unit, command);
    else takeRequest(unit, command);
  });

  socket.on('data', (piece: Buffer) => {
    if (state === 'closed') return;
    heardAt = performance.now();
    const unreadable = framing.feed(piece);
    if (unreadable === undefined) return;
    dropped('unreadable');
    close(unreadable);
  });
  socket.on('error', (error) => close(error.message));
  socket.on('close', () => close('the centre has closed the connection'));
  socket.on('end', () => close('the centre has closed the connection'));
  socket.once(options.tls ? 'secureConnect' : 'connect', () => {
    if (state !== 'opening') return;
    enter('binding');
    request(options.command, (own) => encodeBind(options.command, own, options.fields));
  });

  const period = Math.min(500, Math.max(10, Math.min(enquireLink, respTimeout) / 10));
  const clock = setInterval(() => {
    const now = performance.now();
    if ((state === 'opening' || state === 'unbinding') && now - stateSince > respTimeout) return close(`no end of ${state} in time`);
    const [first] = pending.values();
    if (first && now - first.sentAt > respTimeout) return close(`no answer in ${respTimeout / 1000} s`);
    if (state === 'bound' && !first && now - heardAt > enquireLink - period) plainRequest(COMMAND.enquireLink);
  }, period);

  return {
    get bound() {
      return state === 'bound';
    },
    get outstanding() {
      return outstanding;
    },
    oldest() {
      for (const { settle, serial } of pending.values()) if (settle) return serial;
      return undefined;
    },
    submit(message, serial, settle) {
      outstanding++;
      request(COMMAND.submitSm, (own) => encodeShortMessage(COMMAND.submitSm, own, message), { serial, settle });
    },
    unbind() {
      if (state !== 'bound') return close('stopped');
      enter('unbinding');
      plainRequest(COMMAND.unbind);
    },
    destroy: (reason) => close(reason),
  };
}

import type { Socket } from 'node:net';
import { createFraming } from '../channels/smpp/framing.ts';
import {
  type BindFields,
  COMMAND,
  commandOf,
  decodeBind,
  decodeShortMessage,
  encodeIdResponse,
  encodeShortMessage,
  headerOnly,
  type OutgoingMessage,
  PduFault,
  RESPONSE,
  type ShortMessage,
  STATUS,
  sequenceOf,
  statusOf,
} from '../channels/smpp/pdu.ts';
import { createUnitWriter } from '../channels/smpp/unit-writer.ts';

export interface SessionHost {
  /** @returns the status of the answer to a bind */
  bind(fields: BindFields): number;
  /** The session may send, or receive, from now on. */
  bound(session: ClientSession): void;
  /** A message has come; `answer` is called once with the status and, where it was taken, its id, now or later. `cut` ends the connection. */
  submit(session: ClientSession, message: ShortMessage, answer: (status: number, id: string) => void): void;
  closed(session: ClientSession, undelivered: readonly OutgoingMessage[]): void;
  /** The client has answered a delivery: taken, or not now. */
  delivered(session: ClientSession, message: OutgoingMessage, status: number): void;
  silent(): boolean;
}

export interface ClientSession {
  /** '' until it is bound. */
  readonly systemId: string;
  /** Whether one more delivery may be sent now. */
  canReceive(): boolean;
  deliver(message: OutgoingMessage): void;
  /** Deliveries without an answer. */
  readonly unanswered: number;
  close(): void;
}

/** Deliveries that may wait for an answer of the client. */
const WINDOW = 100;
/** Milliseconds for the bind after the connection, and for every answer of the client. */
const PATIENCE = 30_000;
/** Milliseconds without a unit of the client after which the link is tested. */
const ENQUIRE = 60_000;
/** Octets that a client who does not read may leave waiting. */
const MOST_UNREAD = 4 * 1024 * 1024;

/**
 * A connection of a client to the simulator.
 *
 * open -> bound as transmitter, receiver or both -> closed: by a goodbye, by the client, because something unreadable came, or because the client was
 * silent for too long. From open to closed when no bind comes in time.
 */
export function serveClient(socket: Socket, systemId: string, host: SessionHost): ClientSession {
  let name = '';
  let sends = false;
  let receives = false;
  let closed = false;
  let sequence = 0;
  let heardAt = performance.now();
  let testedAt = 0;
  const undelivered = new Map<number, { readonly message: OutgoingMessage; readonly at: number }>();
  const writeUnit = createUnitWriter(socket);
  socket.setNoDelay(true);

  function write(unit: Buffer): void {
    if (closed || host.silent()) return;
    if (writeUnit(unit) > MOST_UNREAD) close();
  }
  function close(): void {
    if (closed) return;
    closed = true;
    clearInterval(clock);
    socket.destroy();
    host.closed(
      session,
      [...undelivered.values()].map(({ message }) => message),
    );
  }
  const refuse = (command: number, status: number, own: number): void => write(headerOnly((command | RESPONSE) >>> 0, status, own));

  function bind(unit: Buffer, command: number): void {
    const own = sequenceOf(unit);
    if (name !== '') {
      refuse(command, STATUS.alreadyBound, own);
      return;
    }
    const fields = decodeBind(unit);
    const status = host.bind(fields);
    if (status !== STATUS.ok) {
      refuse(command, status, own);
      return;
    }
    name = fields.systemId;
    sends = command !== COMMAND.bindReceiver;
    receives = command !== COMMAND.bindTransmitter;
    write(encodeIdResponse(command, own, systemId));
    host.bound(session);
  }
  function submit(unit: Buffer): void {
    const own = sequenceOf(unit);
    if (!sends) {
      refuse(COMMAND.submitSm, STATUS.badBindState, own);
      return;
    }
    host.submit(session, decodeShortMessage(unit), (status, id) =>
      write(status === STATUS.ok ? encodeIdResponse(COMMAND.submitSm, own, id) : headerOnly(COMMAND.submitSm + RESPONSE, status, own)),
    );
  }
  function take(unit: Buffer): void {
    const command = commandOf(unit);
    const own = sequenceOf(unit);
    switch (command) {
      case COMMAND.bindReceiver:
      case COMMAND.bindTransmitter:
      case COMMAND.bindTransceiver:
        bind(unit, command);
        return;
      case COMMAND.submitSm:
        submit(unit);
        return;
      case COMMAND.deliverSm + RESPONSE: {
        const delivery = undelivered.get(own);
        undelivered.delete(own);
        if (delivery) host.delivered(session, delivery.message, statusOf(unit));
        return;
      }
      case COMMAND.enquireLink:
        write(headerOnly(command + RESPONSE, STATUS.ok, own));
        return;
      case COMMAND.unbind:
        write(headerOnly(command + RESPONSE, STATUS.ok, own));
        socket.end(close);
        return;
      default:
        if (command < RESPONSE) write(headerOnly(COMMAND.genericNack, STATUS.badCommand, own));
    }
  }

  const framing = createFraming((unit) => {
    if (closed || host.silent()) return;
    try {
      take(unit);
    } catch (error) {
      if (!(error instanceof PduFault)) throw error;
      refuse(commandOf(unit), error.status, sequenceOf(unit));
    }
  });
  socket.on('data', (piece: Buffer) => {
    if (closed) return;
    heardAt = performance.now();
    testedAt = 0;
    if (framing.feed(piece) !== undefined) close();
  });
  socket.on('error', close);
  socket.on('close', close);
  const clock = setInterval(() => {
    const now = performance.now();
    const [oldest] = undelivered.values();
    if (name === '' || (testedAt > 0 && now - testedAt > PATIENCE) || (oldest && now - oldest.at > PATIENCE)) close();
    else if (testedAt === 0 && now - heardAt > ENQUIRE) {
      testedAt = now;
      write(headerOnly(COMMAND.enquireLink, STATUS.ok, ++sequence));
    }
  }, PATIENCE);

  const session: ClientSession = {
    get systemId() {
      return name;
    },
    canReceive: () => receives && !closed && undelivered.size < WINDOW && !host.silent(),
    deliver(message) {
      sequence = (sequence % 0x7fffffff) + 1;
      undelivered.set(sequence, { message, at: performance.now() });
      write(encodeShortMessage(COMMAND.deliverSm, sequence, message));
    },
    get unanswered() {
      return undelivered.size;
    },
    close,
  };
  return session;
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that breaks connections on purpose; what it does can be changed while connections are open.
 *
 * The proxy is listening -> (refuse) closed, the system refuses connections -> (accept) listening on the same port -> (stop) stopped.
 * A connection is passing -> (a fault is set) delayed, throttled or swallowing -> cut (an orderly end of both sides) or reset (RST), by a
 * limit of bytes or by `cut()`; or it ends because one of its sides does. Swallowing is half-open: both sockets stay as they are, nothing
 * that arrives is forwarded, not even the end of a side.
 */
export interface FaultProxy {
  readonly port: number;
  /** Where new connections lead; may be changed. */
  target: Target;
  /** Connections that are open now, and those ever accepted. */
  readonly open: number;
  readonly accepted: number;
  /** Bytes that were forwarded by the connections so far, in both directions. */
  readonly forwarded: Traffic;
  /** Bytes that arrived and were swallowed. */
  readonly swallowed: Traffic;
  /** What happens to connections from now on, open ones included; `{}` lets everything pass. Swallowed bytes never come back. */
  set(fault: Fault): void;
  /** Each following connection takes the next limit of bytes; when there is none left, it passes. */
  cutNext(limits: Iterable<Limit>): void;
  /** Ends every open connection now. */
  cut(how: Ending): void;
  refuse(): Promise<void>;
  accept(): Promise<void>;
  stop(): Promise<void>;
}

/** `up` goes from the one who connects to the target, `down` comes back. */
export type Direction = 'up' | 'down';
export type Ending = 'end' | 'reset';
/** `path` is a unix socket. */
export type Target = { readonly host: string; readonly port: number } | { readonly path: string };
export type Traffic = { up: number; down: number };

export interface Fault {
  /** Milliseconds that each piece of data is held back, in both directions. */
  readonly delay?: number;
  /** Bytes a second, in each direction. */
  readonly throttle?: number;
  /** Directions in which nothing is forwarded any more. */
  readonly swallow?: Direction | 'both';
  readonly limit?: Limit;
}

/** After exactly so many bytes of the connection in this direction it is cut; what would be beyond them is lost. */
export interface Limit {
  readonly direction: Direction;
  readonly bytes: number;
  /** (Default: end) */
  readonly how?: Ending;
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  readonly passed: Traffic;
  readonly limit: Limit | undefined;
}

const TICK = 10;
/**
 * Ports that no system gives away by itself (those begin at 32768 or later): while connections are refused, nobody else gets ours.
 */
const FIRST_PORT = 12_000;
const PORTS = 18_000;
const TRIES = 100;

function finish({ near, far }: Connection, how: Ending): void {
  for (const socket of [near, far]) {
    // A unix socket knows no RST.
    if (how === 'reset' && socket.remoteFamily !== undefined) socket.resetAndDestroy();
    else if (how === 'reset') socket.destroy();
    // What was written before the cut still arrives.
    else socket.destroySoon();
  }
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startFaultProxy(target: Target): Promise<FaultProxy> {
  const connections = new Set<Connection>();
  const forwarded: Traffic = { up: 0, down: 0 };
  const swallowed: Traffic = { up: 0, down: 0 };
  let fault: Fault = {};
  let limits: Iterator<Limit> | undefined;
  let accepted = 0;

  const swallows = (direction: Direction): boolean => fault.swallow === 'both' || fault.swallow === direction;

  const nextLimit = (): Limit | undefined => {
    const next = limits?.next();
    if (next && !next.done) return next.value;
    limits = undefined;
    return undefined;
  };

  /** Forwards a piece as far as the limits let it; answers false when the connection was cut. */
  const forward = (connection: Connection, direction: Direction, piece: Buffer): boolean => {
    const to = direction === 'up' ? connection.far : connection.near;
    const limit = [connection.limit, fault.limit].find((each) => each?.direction === direction);
    const room = limit === undefined ? piece.length : Math.max(0, limit.bytes - connection.passed[direction]);
    const passing = piece.subarray(0, room);
    connection.passed[direction] += passing.length;
    forwarded[direction] += passing.length;
    if (to.writable && passing.length > 0) to.write(passing);
    if (limit === undefined || connection.passed[direction] < limit.bytes) return true;
    finish(connection, limit.how ?? 'end');
    return false;
  };

  const pump = (connection: Connection, direction: Direction): void => {
    const from = direction === 'up' ? connection.near : connection.far;
    const to = direction === 'up' ? connection.far : connection.near;
    const move = async (): Promise<void> => {
      for await (const piece of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < piece.length; ) {
          const size = fault.throttle === undefined ? piece.length : Math.max(1, Math.floor((fault.throttle * TICK) / 1000));
          const wait = fault.delay ?? (fault.throttle === undefined ? 0 : TICK);
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          const part = piece.subarray(at, at + size);
          at += part.length;
          if (swallows(direction)) swallowed[direction] += part.length;
          else if (!forward(connection, direction, part)) return;
          if (to.writableNeedDrain) await Promise.race([once(to, 'drain'), once(to, 'close')]);
        }
      }
      if (!swallows(direction)) to.end();
    };
    // A socket that was reset under the loop ends it; `close` below tidies up.
    move().catch(() => undefined);
  };

  const open = (near: Socket): void => {
    accepted += 1;
    const far = connect({ ...proxy.target, allowHalfOpen: true });
    const connection: Connection = { near, far, passed: { up: 0, down: 0 }, limit: nextLimit() };
    connections.add(connection);
    near.setNoDelay(true);
    far.setNoDelay(true);
    for (const [socket, other, direction] of [
      [near, far, 'up'],
      [far, near, 'down'],
    ] as const) {
      socket.on('error', () => undefined);
      socket.once('close', (failed) => {
        if (near.destroyed && far.destroyed) connections.delete(connection);
        // A broken side is passed on as it came; a swallowed one is not passed on at all.
        if (!failed || swallows(direction)) return;
        if (other.connecting || other.remoteFamily === undefined) other.destroy();
        else other.resetAndDestroy();
      });
    }
    if (connection.limit?.bytes === 0) {
      finish(connection, connection.limit.how ?? 'end');
      return;
    }
    pump(connection, 'up');
    pump(connection, 'down');
  };

  const listen = async (port: number): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true }, open);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };

  const listenSomewhere = async (): Promise<Server> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        return await listen(FIRST_PORT + Math.floor(Math.random() * PORTS));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
    throw new Error(`no free port among ${PORTS} from ${FIRST_PORT} on`);
  };

  let server: Server | undefined = await listenSomewhere();
  const { port } = server.address() as AddressInfo;
  const proxy: FaultProxy = {
    port,
    target,
    get open() {
      return connections.size;
    },
    get accepted() {
      return accepted;
    },
    forwarded,
    swallowed,
    set(next) {
      fault = next;
    },
    cutNext(next) {
      limits = next[Symbol.iterator]();
    },
    cut(how) {
      for (const connection of connections) finish(connection, how);
    },
    async refuse() {
      server?.close();
      server = undefined;
    },
    async accept() {
      server ??= await listen(port);
    },
    async stop() {
      server?.close();
      server = undefined;
      for (const { near, far } of connections) {
        near.destroy();
        far.destroy();
      }
      connections.clear();
    },
  };
  return proxy;
}

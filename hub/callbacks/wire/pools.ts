import { hash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Client, Pool } from 'undici';
import type { Target } from '../guard/judge-address.ts';
import type { Attempt, Slot } from './attempt.ts';
import { type ConnectPorts, openConnection } from './connect.ts';
import { WireFault } from './fault.ts';

/** What an endpoint brings to TLS, in PEM. */
export interface TlsIdentity {
  /** Client certificate with its chain, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The receiver's authority, instead of the public ones. */
  readonly ca?: string;
}

/** Pools that are kept, and for how long without use. Milliseconds (spec 6.3). */
const LIMITS = { most: 1_000, idle: 60_000 };
const KEEP_ALIVE = 30_000;
const MOST_HEADERS = 16 * 1024;

/** A pool in use or waiting for it. */
export interface KeptPool {
  readonly pool: Pool;
  running: number;
  usedAt: number;
}

/**
 * The connections to receivers: a pool for each origin, client certificate and CA, and for each set of networks that an entry consents to, so
 * that no connection outlives the consent to its address.
 *
 * A pool is opened -> used by any number of attempts -> idle -> closed after 60 s, or as the longest unused of more than 1,000. It opens a
 * connection for each attempt that finds none free: how many there are at a time is decided by those who send.
 */
export interface Pools {
  poolFor(target: Target, identity: TlsIdentity | undefined): KeptPool;
  readonly size: number;
  /** Closes all connections; attempts under way fail. */
  stop(): Promise<void>;
}

export function createPools(ports: ConnectPorts, { most, idle } = LIMITS): Pools {
  const kept = new Map<string, KeptPool>();
  const identities = new WeakMap<TlsIdentity, string>();

  const identityKey = (identity: TlsIdentity): string => {
    let key = identities.get(identity);
    if (key === undefined) {
      key = hash('sha256', JSON.stringify([identity.cert, identity.key, identity.ca]), 'base64');
      identities.set(identity, key);
    }
    return key;
  };

  const open = (target: Target, identity: TlsIdentity | undefined): Pool => {
    const context = lazyContext(identity);
    return new Pool(target.origin, {
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: KEEP_ALIVE,
      maxHeaderSize: MOST_HEADERS,
      // The attempt's own deadline covers them.
      headersTimeout: 0,
      bodyTimeout: 0,
      factory: (origin, options) => createClient(origin, options as Client.Options, target, { own: context, proxy: proxyContext }, ports),
    });
  };
  const proxyContext = lazyContext(undefined);

  const close = (key: string, { pool }: KeptPool): void => {
    kept.delete(key);
    // Attempts under way are finished first.
    void pool.close();
  };
  const sweep = setInterval(() => {
    const before = performance.now() - idle;
    for (const [key, entry] of kept) if (entry.running === 0 && entry.usedAt < before) close(key, entry);
  }, idle / 6);
  sweep.unref();

  const makeRoom = (): void => {
    if (kept.size < most) return;
    const [oldest] = [...kept].sort(([, one], [, other]) => one.usedAt - other.usedAt);
    if (oldest) close(...oldest);
  };

  return {
    poolFor(target, identity) {
      const { networksKey } = target.entry;
      // Most have neither.
      const key =
        identity === undefined && networksKey === ''
          ? target.origin
          : `${target.origin} ${networksKey} ${identity === undefined ? '' : identityKey(identity)}`;
      const present = kept.get(key);
      if (present) return present;
      makeRoom();
      const made = { pool: open(target, identity), running: 0, usedAt: performance.now() };
      kept.set(key, made);
      return made;
    },
    get size() {
      return kept.size;
    },
    async stop() {
      clearInterval(sweep);
      const all = [...kept.values()];
      kept.clear();
      await Promise.all(all.map(({ pool }) => pool.destroy(new WireFault('aborted', 'the hub is stopping'))));
    },
  };
}

/** Made at the first connection: reading the public authorities takes a while. */
function lazyContext(identity: TlsIdentity | undefined): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    try {
      context ??= createSecureContext(identity);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new WireFault('tls_client_certificate', `the client certificate, its key or the CA cannot be used: ${message}`, {
        cause: error,
      });
    }
    return context;
  };
}

/** A client of undici, which is one connection and its successors, that knows for which attempt it connects. */
function createClient(
  origin: URL | string,
  options: Client.Options,
  target: Target,
  contexts: { readonly own: () => SecureContext; readonly proxy: () => SecureContext },
  ports: ConnectPorts,
): Client {
  const slot: Slot = { attempt: undefined, peer: '' };
  const client = new Client(origin, {
    ...options,
    connect: (_about, connected) => {
      const { attempt } = slot;
      if (!attempt) return connected(new WireFault('aborted', 'the attempt was over before its connection'), null);
      const cancel = new AbortController();
      const { connectTimeout } = attempt;
      const late = setTimeout(
        () => cancel.abort(new WireFault('connect_timeout', `no connection within ${connectTimeout} ms`)),
        Math.max(0, connectTimeout - (performance.now() - attempt.begin)),
      );
      attempt.cancelConnect = (reason) => cancel.abort(reason);
      openConnection(target, contexts, ports, attempt.marks, cancel.signal).then(
        (socket) => {
          clearTimeout(late);
          attempt.cancelConnect = undefined;
          slot.peer = socket.remoteAddress ?? '';
          connected(null, socket);
        },
        (error: Error) => {
          clearTimeout(late);
          attempt.cancelConnect = undefined;
          connected(error, null);
        },
      );
    },
  });
  const dispatch = client.dispatch.bind(client);
  client.dispatch = (request, handler) => {
    const attempt = handler as Attempt;
    slot.attempt = attempt;
    attempt.slot = slot;
    const free = dispatch(request, handler);
    // One that was refused at once, as undici does with an illegal header, occupies nothing.
    return free || attempt.isOver;
  };
  return client;
}

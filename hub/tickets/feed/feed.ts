import { FEED_INSTANCE_HEADER, FEED_LIMITS, type ReplayAnswer, type StatusAnswer } from '@vestnik/protocol/feed.ts';
import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import type { Authority } from '../../core/identity/authority.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { FEED_CLIENT, FEED_REVOKED, FEED_WAKE } from '../notifications.ts';
import { counters, type FeedEntry, queueLength, refusedFingerprints } from '../sql/feed.ts';
import { createAcknowledger } from './acknowledge.ts';
import { createAnswerRoom } from './answer-room.ts';
import type { FeedContext } from './context.ts';
import { enter } from './enter.ts';
import { createLeases } from './leases.ts';
import { pullMessages } from './pull.ts';
import { createFeedReader } from './reader.ts';
import { parsePull, parseReplay } from './request.ts';
import { type FeedRequest, startFeedServer } from './server.ts';
import { createWaiters } from './waiters.ts';

/**
 * The feed of one hub: its listener, its waiting pulls and what wakes them.
 * start: by startFeed; stop(): waiting pulls are answered SHUTTING_DOWN, requests under way finish within 10 s, then connections are cut.
 */
export interface Feed {
  readonly port: number;
  /** Pulls that wait. */
  readonly waiting: number;
  /** Certificates with an open connection. */
  readonly sessions: number;
  stop(): Promise<void>;
}

export interface FeedOptions {
  readonly database: Database;
  readonly authority: Authority;
  readonly hubId: string;
  readonly host: string;
  readonly port: number;
  /** Host names and addresses of the server's certificate. */
  readonly names: readonly string[];
  readonly requestsPerSecond: number;
  /** Runs in the transaction that acknowledges, with the ids of the documents that left a mailbox. (Default: nothing) */
  readonly eraseDelivered?: ((tx: Transaction, documents: readonly string[]) => Promise<void>) | undefined;
  /** The client's own replay; undefined where it is not offered. @returns how many messages were queued. */
  replay(entry: FeedEntry, request: ReturnType<typeof parseReplay>, address: string): Promise<number>;
}

const notes = notesOf('tickets.feed');
const HEAL_EVERY = 10_000;
const RENEW_EVERY = 3_600_000;
const STOP_DEADLINE = 10_000;
/** XML of all answers under way, in bytes; with the copies that an answer passes through it is three to four times as much. */
const ANSWER_BYTES = 128 * 1024 ** 2;

export async function startFeed(options: FeedOptions): Promise<Feed> {
  const { database } = options;
  const waiters = createWaiters();
  const context: FeedContext = {
    database,
    hubId: options.hubId,
    waiters,
    reader: createFeedReader(database),
    leases: createLeases(database, options.hubId),
    room: createAnswerRoom(ANSWER_BYTES, FEED_LIMITS.minBytes),
    acknowledger: createAcknowledger(database, options.eraseDelivered),
    reports: new Map(),
  };

  const pull = async (request: FeedRequest): Promise<unknown> => {
    const begun = performance.now();
    const parsed = parsePull(request.body);
    if (!request.instance)
      throw new HubError('BAD_REQUEST', `the header ${FEED_INSTANCE_HEADER} is missing: a UUID made when the program starts`);
    const { fingerprint, instance, address, agent } = request;
    const answer = await pullMessages(context, { fingerprint, instance, address, agent }, parsed, request.gone);
    if (answer.messages.length > 0) measure('vestnik_feed_pull_seconds', (performance.now() - begun) / 1000);
    return answer;
  };

  const status = async (request: FeedRequest): Promise<StatusAnswer> => {
    const entry = await enter(context, request.fingerprint);
    const [queue] = await queueLength(database.queue, entry.client_id, entry.floor_seq, FEED_LIMITS.exactQueue + 1);
    const queued = queue?.queued ?? 0;
    return {
      client: entry.name,
      state: entry.state,
      held: entry.state === 'held',
      queued: Math.min(queued, FEED_LIMITS.exactQueue),
      queuedExact: queued <= FEED_LIMITS.exactQueue,
      oldest: queue?.oldest?.toString() ?? null,
      certificateExpires: entry.not_after.toString(),
      session:
        entry.instance && entry.lease_live && entry.since && entry.lease_until
          ? { instance: entry.instance, since: entry.since.toString(), leaseUntil: entry.lease_until.toString() }
          : null,
    };
  };

  const replaying = new Set<number>();
  const replay = async (request: FeedRequest): Promise<ReplayAnswer> => {
    const entry = await enter(context, request.fingerprint);
    if (!entry.self_replay) throw new HubError('NOT_ALLOWED', 'this client may not replay by itself: ask the administrator');
    const selection = parseReplay(request.body);
    // A replay is long work on a connection of the database.
    if (replaying.has(entry.client_id))
      throw new HubError('TOO_MANY_REQUESTS', 'a replay of this client is under way: wait for its answer', { retryAfter: 5 });
    replaying.add(entry.client_id);
    try {
      return { queued: await options.replay(entry, selection, request.address) };
    } finally {
      replaying.delete(entry.client_id);
    }
  };

  const pair = await options.authority.serverCertificate(options.names);
  let renewAt = pair.renewAt;
  const server = await startFeedServer({
    host: options.host,
    port: options.port,
    rootPem: options.authority.rootPem,
    certificatePem: pair.certificatePem,
    keyPem: pair.keyPem,
    requestsPerSecond: options.requestsPerSecond,
    handlers: { pull, status, replay },
  });

  const cutRefused = async (): Promise<void> => {
    const rows = await refusedFingerprints(database.work, server.fingerprints);
    for (const { fingerprint } of rows) server.cut(fingerprint.toString('hex'));
  };
  const present = async (clients: readonly number[]): Promise<Map<number, number>> =>
    new Map((await counters(database.queue, clients)).map((row) => [row.client_id, row.next_seq]));
  let healingNow = false;
  const heal = async (): Promise<void> => {
    if (healingNow) return;
    healingNow = true;
    try {
      await waiters.heal(present);
    } finally {
      healingNow = false;
    }
  };
  const quietly = (what: string, work: Promise<void>): void => {
    work.catch((error) => notes.warn(`${what} failed; it is tried again`, {}, error));
  };
  const ids = (payload: string): number[] => payload.split(',').map(Number);

  const subscriptions = [
    database.listener.subscribe(FEED_WAKE, {
      notify: (payload) => waiters.ring(ids(payload), 'wake'),
      resync: () => quietly('waking waiting pulls', heal()),
    }),
    database.listener.subscribe(FEED_REVOKED, {
      notify: (payload) => server.cut(payload),
      resync: () => quietly('cutting refused certificates', cutRefused()),
    }),
    database.listener.subscribe(FEED_CLIENT, {
      notify: (payload) => waiters.ring(ids(payload), 'changed'),
      resync: () => waiters.changedAll(),
    }),
  ];
  const healing = setInterval(() => quietly('waking waiting pulls', heal()), HEAL_EVERY);
  const renewing = setInterval(() => {
    if (Temporal.Instant.compare(Temporal.Now.instant(), renewAt) < 0) return;
    const renewed = options.authority.serverCertificate(options.names).then((fresh) => {
      server.renew(fresh);
      renewAt = fresh.renewAt;
      notes.info('the certificate of the feed was renewed', { until: fresh.notAfter.toString() });
    });
    quietly('renewing the certificate of the feed', renewed);
  }, RENEW_EVERY);

  return {
    get port() {
      return server.port;
    },
    get waiting() {
      return waiters.waiting;
    },
    get sessions() {
      return server.fingerprints.length;
    },
    async stop() {
      clearInterval(healing);
      clearInterval(renewing);
      for (const unsubscribe of subscriptions) unsubscribe();
      const stopped = server.stop(STOP_DEADLINE);
      waiters.stop();
      await stopped;
      await Promise.all([context.acknowledger.stop(), context.leases.stop(), context.reader.stop()]);
    },
  };
}

import type { TLSSocket } from 'node:tls';
import type { Configuration } from '../../config.ts';
import type { Database } from '../../core/database/database.ts';
import type { EventStore } from '../../core/events/subscribe.ts';
import type { Authority } from '../../core/identity/authority.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import { findOperator } from '../../core/identity/list-operators.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { ChannelKinds } from '../channels/channel-kind.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { SignedIn } from './call.ts';
import { openCertificate, readClientCa } from './certificate.ts';
import { BLOCK_RULES, PUSHES } from './codec.ts';
import type { LineContext, LineIdentity, LineLimits, ReportOf } from './context.ts';
import { createRate, type LineListener, startListener } from './listener.ts';
import { createPersonPages } from './person-pages.ts';
import { startPushes } from './pushes.ts';
import { bitsOf } from './rights.ts';
import { type LineSession, openLineSession } from './session.ts';
import { startPeopleWarmth } from './warm-people.ts';
import { watchEdits } from './watch-edits.ts';

/**
 * The server of the line protocol: listeners, sessions, pushes.
 *
 * starting -> serving -> stop(): nobody is let in, what is being served is answered, sessions are closed, after a deadline at once -> stopped.
 */
export interface LineServer {
  /** `host:port`; '' when the line protocol is not served. */
  readonly address: string;
  /** SHA-256 of its certificate, for those who compare it. */
  readonly fingerprint: string;
  /** Address of the listener for old TLS; undefined without one. */
  readonly oldAddress: string | undefined;
  readonly sessions: number;
  /** The hub's database for its other faces: what is edited through it is seen by every session as soon as the edit is answered. */
  readonly database: Database;
  stop(): Promise<void>;
}

export interface LineServerOptions {
  readonly configuration: Configuration;
  readonly database: Database;
  readonly events: EventStore;
  readonly authority: Authority;
  readonly secretKey: SecretKey;
  readonly identity: LineIdentity;
  readonly settings: LiveSettings;
  readonly kinds: ChannelKinds;
  readonly reportOf: ReportOf;
  /** As the greeting names it. */
  readonly version: string;
  /** For tests. (Default: LIMITS) */
  readonly limits?: Partial<LineLimits>;
}

const notes = notesOf('alerts.line');
const MIB = 1024 * 1024;
const LIMITS: LineLimits = {
  handshake: 15_000,
  login: 30_000,
  slowReader: 60_000,
  ping: PUSHES.ping,
  upload: 60_000,
  reopen: BLOCK_RULES.reopen,
  shortLine: 1024,
  line: 64 * 1024,
  waitingLines: 64,
  waitingBytes: MIB,
  pushBytes: MIB,
  // A little more than 100,000 people take.
  peopleBytes: 28 * MIB,
};
const TICK = 1_000;
const STOP_DEADLINE = 10_000;

/** Starts the line protocol. @throws HubError CONFLICT when an address or a certificate cannot be used */
export async function startLineServer(options: LineServerOptions): Promise<LineServer> {
  const { configuration, events, identity, settings } = options;
  const { line } = configuration.alerts;
  const limits = { ...LIMITS, ...options.limits };
  const sessions = new Set<LineSession>();
  const edits = watchEdits(options.database, {
    peopleEdited() {
      if (sessions.size > 0) warmth.soon();
      // Nobody is there: the next one who comes begins it.
      else people.distrust();
    },
    resynced() {
      people.distrust();
      warmth.soon();
    },
  });
  const { database } = edits;
  const people = createPersonPages({ mostBytes: limits.peopleBytes, trusted: () => edits.listening, missed: () => warmth.soon() });
  const warmth = startPeopleWarmth(people, database.work, () => ({
    caller: SYSTEM,
    settings: settings.current(),
    secretKey: options.secretKey,
    now: Temporal.Now.instant(),
  }));
  const context: LineContext = {
    database,
    kept: edits,
    identity,
    secretKey: options.secretKey,
    settings,
    kinds: options.kinds,
    reportOf: options.reportOf,
    people,
    version: options.version,
    uploads: { bytes: 0 },
    sessionsOf: (login) => [...sessions].filter((session) => session.operator?.login === login).length,
    rightsChanged(login) {
      for (const session of sessions) if (session.operator?.login === login) session.lookAgain();
    },
  };

  const rightsOf = async (login: string): Promise<SignedIn | undefined> => {
    const operator = await findOperator(database.work, login).catch((error: { code?: unknown }) => {
      if (error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
    if (!operator?.enabled) return undefined;
    return { login: operator.login, operatorId: operator.operatorId, rights: operator.rights, bits: bitsOf(operator.rights) };
  };
  const connected = (socket: TLSSocket): void => {
    if (sessions.size >= line.sessions) {
      socket.destroy();
      return;
    }
    const session = openLineSession({ socket, context, limits, rightsOf, closed: () => sessions.delete(session) });
    sessions.add(session);
    if (!people.complete) warmth.soon();
  };

  const untail = events.tail({ types: ['vestnik.identity.operator.'] }, ({ data }) => context.rightsChanged(String(data['login'])));
  const pushes = startPushes(context, events, sessions);
  await Promise.all([untail.listening, pushes.listening]);
  const certificate = await openCertificate(configuration, options.authority);
  const rate = createRate(line.connectionsPerSecond);
  const common = {
    certificate,
    clientCa: line.clientCa === undefined ? undefined : readClientCa(line.clientCa),
    handshake: limits.handshake,
    admit: () => rate() && sessions.size < line.sessions,
    connected,
  };
  const listeners: LineListener[] = [];
  const main = await startListener({ ...common, host: line.host, port: line.port, old: false });
  listeners.push(main);
  let oldAddress: string | undefined;
  if (line.oldTlsHost !== undefined) {
    const old = await startListener({ ...common, host: line.oldTlsHost, port: line.oldTlsPort, old: true }).catch(
      async (error: unknown) => {
        await main.stop(0);
        throw error;
      },
    );
    listeners.push(old);
    oldAddress = old.address;
    notes.warn('clients with outdated TLS are let in: alerts.line.oldTlsHost is set', { address: oldAddress });
  }
  const timer = setInterval(() => {
    const now = performance.now();
    for (const session of sessions) session.tick(now);
  }, TICK);
  timer.unref();

  return {
    address: main.address,
    fingerprint: certificate.first.fingerprint,
    oldAddress,
    database,
    get sessions() {
      return sessions.size;
    },
    async stop() {
      untail();
      pushes.stop();
      edits.stop();
      clearInterval(timer);
      const closed = Promise.all(listeners.map((listener) => listener.stop(STOP_DEADLINE)));
      for (const session of sessions) session.end();
      const deadline = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, STOP_DEADLINE);
      await Promise.all([closed, warmth.stop()]);
      clearTimeout(deadline);
    },
  };
}

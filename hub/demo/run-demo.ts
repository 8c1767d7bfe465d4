import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MailSink, startMailSink } from '../alerts/mail-sink/mail-sink.ts';
import { createSmsc, type Smsc } from '../alerts/smsc/smsc.ts';
import { loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import { type Hub, startHub } from '../hub.ts';
import { addClient } from '../tickets/add-client.ts';
import { replayMessages } from '../tickets/replay-messages.ts';
import { createOperationSource } from '../tickets/samples/operation-source.ts';
import type { Agency } from './agency.ts';
import { answers, CENTRE, playAlerts } from './alerts.ts';
import { playBilling } from './billing.ts';
import { openReceivers, playCallbacks, type Receivers } from './callbacks.ts';
import { emptyFolder } from './folder.ts';
import { orFree } from './free-port.ts';
import { addLogin } from './login.ts';
import { showAddresses } from './next-steps.ts';
import { openParty, type Party } from './party.ts';
import { createRest } from './rest.ts';
import { createSender, type Sent } from './sender.ts';
import { createStage, type Stage } from './stage.ts';
import { type Say, speaker } from './texts.ts';
import { until } from './until.ts';
import { verifyFolders } from './verify.ts';

/**
 * `npm run demo`: the whole way from control messages to files in folders, on this machine, with real parts: the hub with its own
 * PostgreSQL, mutual TLS, and Stat_Client as separate programs. It ends by comparing every message with every file.
 */
export interface DemoOptions {
  /** End after the summary instead of staying up. */
  readonly once: boolean;
  readonly language: 'ru' | 'en';
  /** Folder of the demonstration; what an earlier one left in it is removed. */
  readonly folder: string;
  /** Wanted ports; a free one is taken for 0 and for one that is in use. */
  readonly httpPort: number;
  readonly feedPort: number;
  /** Operations of the stream. */
  readonly operations: number;
}

const AGENCY = '17МОВ';
const AGENCIES = [AGENCY, '42СПБ', 'ALA01', '08НСК'] as const;
const CARRIER = 'S7';
/** A client whose program never runs: its messages wait. */
const ABSENT = 'head-office';
/** The operator who plays the pay desk. */
const DESK = 'desk';
const STEPS = 14;
const LINE_PORT = 8_500;

const percentile = (sorted: readonly number[], share: number): string =>
  sorted.length === 0 ? '-' : `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)} ms`;

/** How many messages were ever queued for a client. */
async function queuedFor(hub: Hub, client: string): Promise<number> {
  const { rows } = await run<{ n: number }>(
    hub.ground.database.work,
    'SELECT m.next_seq - 1 AS n FROM ticket_mailbox m JOIN ticket_client c USING (client_id) WHERE c.name = $1',
    [client],
  );
  return rows[0]?.n ?? 0;
}

/** Sends operations one after the other, as cashiers do, and counts what they became. */
async function sendMany(
  sender: { send(message: ReturnType<ReturnType<typeof createOperationSource>['next']>): Promise<Sent> },
  source: ReturnType<typeof createOperationSource>,
  count: number,
  each: (sent: Sent, begun: number) => void,
): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const begun = performance.now();
    each(await sender.send(source.next()), begun);
  }
}

/** Everything that must be stopped at the end. */
interface Cast {
  hub?: Hub;
  agencies: Agency[];
  receivers?: Receivers;
  smsc?: Smsc;
  mails?: MailSink;
}

async function play(options: DemoOptions, stage: Stage, say: Say, cast: Cast): Promise<boolean> {
  stage.text(say('title'));
  const dataFolder = join(options.folder, 'hub');

  const hub = await stage.step(say('database'), async () => {
    const folder = await emptyFolder(options.folder, dataFolder);
    if (folder !== 'ready') throw new Error(say(folder === 'in use' ? 'inUse' : 'foreign', { folder: options.folder }));
    const receivers = await openReceivers();
    cast.receivers = receivers;
    const configuration = loadConfiguration({
      cwd: options.folder,
      environment: {
        VESTNIK_DATA_FOLDER: dataFolder,
        VESTNIK_HTTP__PORT: String(await orFree(options.httpPort)),
        VESTNIK_TICKETS__FEED_PORT: String(await orFree(options.feedPort)),
        VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
        VESTNIK_ALERTS__LINE__PORT: String(await orFree(LINE_PORT)),
        VESTNIK_CALLBACKS__EXACT_ADDRESSES: Object.values(receivers)
          .map(({ host }) => host)
          .join(','),
      },
    });
    const started = await startHub(configuration);
    cast.hub = started;
    const { rows } = await run<{ v: string }>(started.ground.database.work, "SELECT current_setting('server_version') AS v");
    const { embedded } = started.ground;
    stage.detail(say('databaseStarted', { version: rows[0]?.v ?? '', pid: embedded?.pid ?? '', folder: embedded?.home.data ?? '' }));
    stage.detail(
      say('migrated', { n: started.ground.migrated.length, rest: started.addresses['http'] ?? '', feed: started.addresses['feed'] ?? '' }),
    );
    return started;
  });

  const parties: Party[] = [
    { name: 'agency-17', rule: say('ruleAgency', { agency: AGENCY }), subscription: { agency: [AGENCY] } },
    { name: 'carrier-s7', rule: say('ruleCarrier', { carrier: CARRIER }), subscription: { carrier: [CARRIER], carrierScope: 'any' } },
  ];
  const { sender } = await stage.step(say('clients'), async () => {
    for (const party of parties) {
      const agency = await openParty(hub, party, join(options.folder, party.name), options.language);
      cast.agencies.push(agency);
      stage.detail(say('clientMade', { name: party.name, rule: party.rule, files: `ca.crt, ${party.name}.pem, Stat_Client.conf` }));
    }
    await hub.ground.database.transaction((tx) =>
      addClient(tx, SYSTEM, { name: ABSENT, title: say('ruleAbsent'), subscriptions: [{ everything: true }] }),
    );
    stage.detail(say('clientAbsent', { name: ABSENT, rule: say('ruleAbsent') }));
    await addLogin(hub, 'grs', 'demo-cashiers', ['tickets.ingest']);
    return { sender: createSender(hub.addresses['http'] ?? '', 'grs', 'demo-cashiers') };
  });
  const [agency] = cast.agencies;
  const names = parties.map(({ name }) => name);
  if (!agency) throw new Error('an agency was expected');

  await stage.step(say('programs'), async () => {
    const check = await agency.ask('-check');
    stage.detail(say('checked'));
    stage.detail(check.output.trimEnd().replace(/^/gm, '  '));
    if (check.code !== 0) throw new Error(`-check ended with ${check.code}`);
    for (const [at, each] of cast.agencies.entries()) {
      each.start();
      stage.detail(say('programRuns', { name: names[at] ?? '', pid: each.pid ?? '', folder: each.storage }));
    }
    await until('Stat_Client connects', async () => {
      const page = await (await fetch(`${hub.addresses['http']}/metrics`)).text();
      return Number(/^vestnik_feed_waiting (\d+)/m.exec(page)?.[1] ?? 0) >= cast.agencies.length;
    });
  });

  const source = createOperationSource({ seed: 17, agencies: AGENCIES, start: Temporal.Now.instant().subtract({ minutes: 30 }) });
  const kinds = new Map<string, number>();
  const waits: number[] = [];
  const pending = new Map<string, number[]>();
  let operations = 0;
  let documents = 0;
  const unwatch = agency.watch((file) => {
    const number = /-([^-]+)\.xml$/.exec(file)?.[1] ?? '';
    const begun = pending.get(number)?.shift();
    if (begun !== undefined) waits.push(performance.now() - begun);
  });
  const count = (sent: Sent): void => {
    operations += 1;
    documents += sent.documents.length;
    kinds.set(sent.kind, (kinds.get(sent.kind) ?? 0) + 1);
  };
  const folderOf = (): string => cast.agencies.map((each, at) => `${names[at]} ${each.files().length}`).join(', ');
  const allDelivered = (): Promise<void> =>
    until('delivery', async () => {
      for (const [at, each] of cast.agencies.entries()) if (each.files().length < (await queuedFor(hub, names[at] ?? ''))) return false;
      return true;
    });

  await stage.step(say('stream', { n: options.operations }), async () => {
    await sendMany(sender, source, options.operations, (sent, begun) => {
      count(sent);
      for (const { number, clients } of sent.documents) {
        if (clients.includes('agency-17')) pending.set(number, [...(pending.get(number) ?? []), begun]);
      }
      stage.live(say('progress', { n: operations, all: options.operations, documents, files: folderOf() }));
    });
    await allDelivered();
    unwatch();
    stage.detail([...kinds].map(([kind, n]) => `${kind} ${n}`).join(', '));
    stage.detail(say('progress', { n: operations, all: options.operations, documents, files: folderOf() }));
  });

  await stage.step(say('files'), async () => {
    const files = agency.files();
    for (const file of files.slice(0, 6)) stage.detail(file);
    stage.detail(say('filesMore', { n: files.length }));
    const shown = files.find((file) => file.includes('-ETICKET-SALE-EXCHANGE-')) ?? files[0] ?? '';
    stage.detail(`${shown}\n${readFileSync(join(agency.storage, shown), 'utf8').trimEnd().replace(/^/gm, '  ')}`);
  });

  const after = Math.max(10, Math.floor(options.operations / 4));
  await stage.step(say('kill', { n: after }), async () => {
    const sending = sendMany(sender, source, after, count);
    const before = agency.files().length;
    await until('some files', () => agency.files().length > before);
    const pid = agency.pid ?? 0;
    await agency.kill();
    const left = agency.files().length;
    await sending;
    stage.detail(say('killed', { pid, files: left, queued: (await queuedFor(hub, 'agency-17')) - left }));
    agency.start();
    await allDelivered();
    stage.detail(say('restarted', { pid: agency.pid ?? '' }));
  });

  const some = agency.files().find((file) => file.includes('-ETICKET-')) ?? '';
  const number = /-(\d{13})\.xml$/.exec(some)?.[1] ?? '';
  await stage.step(say('replay', { number }), async () => {
    const before = new Set(agency.files());
    await hub.ground.database.transaction((tx) =>
      replayMessages(tx, SYSTEM, {
        client: 'agency-17',
        selection: { numbers: [number] },
        queueDays: hub.ground.configuration.tickets.queueDays,
      }),
    );
    await allDelivered();
    for (const file of agency.files().filter((name) => !before.has(name))) stage.detail(say('replayed', { file }));
  });

  const verdict = await stage.step(say('verify'), async () => {
    const found = await verifyFolders(
      hub.ground.database,
      cast.agencies.map((each, at) => ({ client: names[at] ?? '', digests: each.digests() })),
    );
    stage.detail(say('verified', { ...found }));
    return found;
  });

  const { login, password } = hub.administrator ?? { login: '', password: '' };
  if (!cast.receivers) throw new Error('receivers were expected');
  const callbacks = await playCallbacks(cast.receivers, {
    stage,
    say,
    language: options.language,
    rest: createRest(hub.addresses['http'] ?? '', login, password, options.language),
    async operator(name, rights) {
      await addLogin(hub, name, `demo-${name}`, rights);
      return createRest(hub.addresses['http'] ?? '', name, `demo-${name}`, options.language);
    },
    database: hub.ground.database,
  });

  const billing = await playBilling({
    stage,
    say,
    language: options.language,
    rest: createRest(hub.addresses['http'] ?? '', login, password, options.language),
    accounting: cast.receivers.accounting,
    origin: hub.addresses['http'] ?? '',
    login: DESK,
    async operator(name, rights) {
      await addLogin(hub, name, `demo-${name}`, rights);
      return `demo-${name}`;
    },
    database: hub.ground.database,
  });

  const smsc = createSmsc({ accounts: [CENTRE], reply: ({ to }) => (answers(to) ? say('alertsReply') : undefined) });
  await smsc.start();
  cast.smsc = smsc;
  const mails = await startMailSink();
  cast.mails = mails;
  const alerts = await playAlerts({
    stage,
    say,
    language: options.language,
    rest: createRest(hub.addresses['http'] ?? '', login, password, options.language),
    smsc,
    mails,
    folder: options.folder,
  });

  waits.sort((a, b) => a - b);
  const arrivals = callbacks.waits.toSorted((a, b) => a - b);
  stage.text(`\n${say('summary')}`);
  stage.table([
    [say('sumOperations'), `${operations} (${[...kinds].map(([kind, n]) => `${kind} ${n}`).join(', ')})`],
    [say('sumDocuments'), String(documents)],
    [say('sumFiles'), `${verdict.files} (${folderOf()})`],
    [say('sumLost'), `${verdict.lost} / ${verdict.doubled} / ${verdict.damaged}`],
    [say('sumLatency'), `${percentile(waits, 0.5)} / ${percentile(waits, 0.99)} (n = ${waits.length})`],
    [say('sumWaiting', { name: ABSENT }), String(await queuedFor(hub, ABSENT))],
    [say('sumCallbacks'), String(callbacks.delivered)],
    [say('sumCallbackLatency'), `${percentile(arrivals, 0.5)} / ${percentile(arrivals, 0.99)} (n = ${arrivals.length})`],
    [say('sumStumbled'), String(callbacks.attempts)],
    [say('sumDead'), String(callbacks.waiting)],
    [say('sumBilling'), `${billing.calls}; ${billing.balance}`],
    [say('sumTold'), `${billing.callbacks}; ${billing.told} ms`],
    [say('sumAlerts'), `${alerts.told}; ${alerts.confirmed}; ${alerts.took}`],
  ]);
  return verdict.messages > 0 && verdict.lost + verdict.doubled + verdict.damaged === 0 && callbacks.good && billing.good && alerts.good;
}

/** @returns the exit code: 0 when every message is in its folder exactly once, else 1. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const say = speaker(options.language);
  const stage = createStage(STEPS);
  const cast: Cast = { agencies: [] };
  let stop: (() => void) | undefined;
  const interrupted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  // SIGHUP: the terminal was closed. Nothing can be said there any more, but everything must still be stopped.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop?.());
  process.stdout.on('error', () => undefined);
  try {
    const success = await Promise.race([play(options, stage, say, cast), interrupted.then(() => false)]);
    if (success && cast.hub && cast.agencies[0]) {
      showAddresses(cast.hub, cast.agencies[0], stage, say, options.folder);
      if (!options.once) {
        stage.text(`\n${say('stays')}`);
        await interrupted;
      }
    }
    return success ? 0 : 1;
  } catch (error) {
    stage.text(`\n${say('failed')}: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    stage.text(say('stopping'));
    await Promise.all(cast.agencies.map((agency) => agency.stop()));
    await cast.hub?.stop();
    await Promise.all([...Object.values(cast.receivers ?? {}), cast.smsc, cast.mails].map((each) => each?.stop()));
  }
}

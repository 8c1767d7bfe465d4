import type { Database } from '../../core/database/database.ts';
import { publish } from '../../core/events/publish.ts';
import type { EventStore } from '../../core/events/subscribe.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import { openSecrets } from '../channel-secrets.ts';
import type { ChannelKinds } from '../channels/channel-kind.ts';
import { type Bounce, CHANNEL_STATE, type ChannelNews, type Driver, type Incoming, type Receipt, WORKS_NOT } from '../channels/driver.ts';
import { storable } from '../far-side-text.ts';
import { REACH } from '../run.ts';
import { type ChannelRow, channelGroups, channels, type GroupRow, storeStates } from '../sql/channels.ts';
import { channelMemory } from './channel-memory.ts';

/**
 * Ways out of this hub: the drivers of the channel groups that the delivery engine has given it.
 *
 * A group is known -> ours (`adopt`): its driver is made and started, when it is enabled and its settings can be read -> changed: the driver is stopped and made anew ->
 * not ours any longer (`drop`), or gone: the driver is stopped. `stop()`: all drivers are stopped, at once.
 * What channels do is written into the database in bundles, so that every hub can tell of it.
 */
export interface ChannelGroups {
  /** Groups whose drivers run here. */
  running(): readonly RunningGroup[];
  byId(group: number): RunningGroup | undefined;
  adopt(group: number): void;
  drop(group: number): void;
  /** Reads the groups anew; called by itself when somebody has changed one. */
  reload(): Promise<void>;
  stop(deadline: number): Promise<void>;
}

export interface RunningGroup {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly driver: Driver;
  /** Its channels by their places: numbers, and whether they may be used. */
  readonly channels: readonly { readonly number: number; readonly enabled: boolean }[];
  /** Whether enabled groups of the same kind, or of one that does the same, seem to work somewhere. */
  readonly alternatives: boolean;
  /** Every way in which a receipt may spell the id of a message. */
  spellings(messageId: string): readonly string[];
}

/** What drivers tell by themselves; each promise resolves after the commit. */
export interface GroupNews {
  receipt(group: RunningGroup, receipt: Receipt): Promise<void>;
  incoming(group: RunningGroup, message: Incoming): Promise<void>;
  bounced(group: RunningGroup, bounce: Bounce): Promise<void>;
  /** There may be room for more attempts. */
  roomier(): void;
}

export interface ChannelGroupOptions {
  readonly database: Database;
  readonly events: EventStore;
  readonly secretKey: SecretKey;
  readonly kinds: ChannelKinds;
  readonly news: GroupNews;
}

const notes = notesOf('alerts.channels');
/** After a writing of states that failed. Milliseconds. */
const AGAIN = 1_000;
/** Between two writings of states. Milliseconds. */
const BUNDLE = 500;
/** How long attempts of a driver that is made anew may still take. Milliseconds. */
const CHANGE_DEADLINE = 10_000;

/** Characters of one text that a far side tells by itself. */
const MOST_TOLD = 10_000;

/** The fact with these texts as they can be stored. */
const withStorable = <Fact, Key extends keyof Fact>(fact: Fact & Record<Key, string>, ...keys: Key[]): Fact => ({
  ...fact,
  ...Object.fromEntries(keys.map((key) => [key, storable(fact[key], MOST_TOLD)])),
});

interface Live extends RunningGroup {
  readonly row: GroupRow;
  alternatives: boolean;
  channels: readonly { readonly number: number; readonly enabled: boolean }[];
}

export async function startChannelGroups(options: ChannelGroupOptions): Promise<ChannelGroups> {
  const { database, events, secretKey, kinds, news } = options;
  const live = new Map<number, Live>();
  const owned = new Set<number>();
  const stopping = new Set<Promise<void>>();
  let rows = new Map<number, GroupRow>();
  let channelRows: readonly ChannelRow[] = [];
  let stopped = false;
  let bundle: NodeJS.Timeout | undefined;
  let storing: Promise<void> = Promise.resolve();
  /** What was written last, by number: only changes are written. */
  const written = new Map<number, string>();

  const channelsOf = (group: number): { number: number; enabled: boolean }[] =>
    channelRows.filter(({ groupId }) => groupId === group).map(({ number, enabled }) => ({ number, enabled }));
  const hasAlternative = ({ groupId, kind }: GroupRow): boolean => {
    const same = REACH.find(({ channels }) => channels.includes(kind))?.channels ?? [kind];
    return [...rows.values()].some(
      (other) =>
        other.groupId !== groupId &&
        other.enabled &&
        same.includes(other.kind) &&
        channelRows.some((channel) => channel.groupId === other.groupId && channel.enabled && !WORKS_NOT.includes(channel.state)),
    );
  };

  const close = (group: Live, deadline: number): void => {
    live.delete(group.id);
    const end = group.driver
      .stop(deadline)
      .catch((error: unknown) => notes.error('a channel group could not be stopped', { group: group.name }, error));
    stopping.add(end);
    void end.finally(() => stopping.delete(end));
  };

  const open = (row: GroupRow): void => {
    const kind = kinds.get(row.kind);
    if (!kind || !row.enabled) return;
    let group: Live;
    try {
      const settings = kind.settings.parse(openSecrets(secretKey, row));
      const toldNews: ChannelNews = {
        receipt: (receipt) => news.receipt(group, withStorable(receipt, 'messageId', 'code', 'detail')),
        // The text of a part is not stored as a text.
        incoming: (message) =>
          news.incoming(group, message.part ? withStorable(message, 'from', 'to') : withStorable(message, 'from', 'to', 'text')),
        bounced: (bounce) => news.bounced(group, withStorable(bounce, 'reference', 'code', 'detail')),
        changed: () => {
          tellStates();
          news.roomier();
        },
      };
      const driver = kind.create(settings, toldNews, channelMemory(database.work, secretKey, row.groupId));
      group = {
        id: row.groupId,
        kind: row.kind,
        name: row.name,
        row,
        driver,
        channels: channelsOf(row.groupId),
        alternatives: hasAlternative(row),
        spellings: kind.spellings,
      };
    } catch (error) {
      notes.error('a channel group cannot be started with its settings', { group: row.name }, error);
      return;
    }
    live.set(row.groupId, group);
    group.driver.start().catch((error: unknown) => notes.error('a channel group could not be started', { group: row.name }, error));
    tellStates();
  };

  /** Makes what runs what should run. */
  const settle = (): void => {
    if (stopped) return;
    for (const group of [...live.values()]) {
      const row = rows.get(group.id);
      if (!row?.enabled || !owned.has(group.id) || row.version !== group.row.version) close(group, CHANGE_DEADLINE);
      else {
        group.channels = channelsOf(group.id);
        group.alternatives = hasAlternative(row);
      }
    }
    for (const id of owned) {
      const row = rows.get(id);
      if (row && !live.has(id)) open(row);
    }
  };

  const storeNow = async (): Promise<void> => {
    const seen = [...rows.values()].flatMap((row) => {
      if (!owned.has(row.groupId)) return [];
      const states = live.get(row.groupId)?.driver.states() ?? [];
      return channelRows
        .filter(({ groupId }) => groupId === row.groupId)
        .map(({ number, place, enabled }) => {
          const found = enabled ? states[place] : undefined;
          const { state = 'off', since = Date.now(), signal = null, info = '', ok = 0, failed = 0 } = found ?? {};
          return { number, group: row.groupId, state: CHANNEL_STATE[state], since, signal, info, ok, failed };
        });
    });
    const fresh = seen.filter((channel) => written.get(channel.number) !== JSON.stringify({ ...channel, since: 0 }));
    if (fresh.length === 0) return;
    await database.transaction(async (tx) => {
      await storeStates(
        tx,
        fresh.map(({ number }) => number),
        fresh.map(({ state }) => state),
        fresh.map(({ since }) => since),
        fresh.map(({ signal }) => signal),
        fresh.map(({ info }) => info),
        fresh.map(({ ok }) => ok),
        fresh.map(({ failed }) => failed),
      );
      await publish(
        tx,
        ...fresh.map(({ number, group, state, signal, info }) => ({
          type: 'vestnik.alerts.channel.seen',
          subject: String(number),
          data: { channel: number, group, state, signal, info },
        })),
      );
    });
    for (const channel of fresh) written.set(channel.number, JSON.stringify({ ...channel, since: 0 }));
  };
  const tellStates = (): void => {
    if (stopped || bundle) return;
    bundle = setTimeout(() => {
      bundle = undefined;
      storing = storing.then(storeNow).catch((error: unknown) => {
        notes.debug('states of channels could not be written; they are soon', { error: String(error) });
        setTimeout(tellStates, AGAIN).unref();
      });
    }, BUNDLE);
    bundle.unref();
  };

  const load = async (): Promise<void> => {
    const [groups, all] = await Promise.all([channelGroups(database.work), channels(database.work)]);
    rows = new Map(groups.map((row) => [row.groupId, row]));
    channelRows = all;
    settle();
    tellStates();
  };
  const untail = events.tail({ types: ['vestnik.alerts.channel-group.', 'vestnik.alerts.channel.changed'] }, () => {
    void load().catch((error: unknown) => notes.warn('channel groups could not be read', {}, error));
  });
  await untail.listening;
  await load();

  return {
    running: () => [...live.values()],
    byId: (group) => live.get(group),
    adopt(group) {
      owned.add(group);
      settle();
    },
    drop(group) {
      owned.delete(group);
      settle();
    },
    reload: load,
    async stop(deadline) {
      stopped = true;
      untail();
      clearTimeout(bundle);
      for (const group of [...live.values()]) close(group, deadline);
      await Promise.all([...stopping, storing]);
    },
  };
}

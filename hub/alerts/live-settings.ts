import { alertsSection } from '../config/alerts.ts';
import type { Database } from '../core/database/database.ts';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import type { EventStore } from '../core/events/subscribe.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { refusal } from './refusals.ts';
import type { AlertsSettings } from './settings.ts';
import { putSetting, storedSettings } from './sql/live-settings.ts';
import { insertLog } from './sql/log.ts';

/**
 * What operators may change while the hub runs; everything else is the configuration's (specification of alerts 3.3, 5.8). None of them is a secret.
 * Keys are the places in the section `alerts` of the configuration.
 */
export const LIVE_KEYS = [
  'confirmStart',
  'forgetNames',
  'licence.boards',
  'licence.dynamicTts',
  'licence.e1',
  'licence.email',
  'licence.gsmModems',
  'licence.present',
  'licence.validTo',
  'line.blockSilence',
  'line.strict',
  'logDays',
  'personGap',
  'receiptHours',
  'reportDays',
  'reportFormat',
] as const;
export type LiveKey = (typeof LIVE_KEYS)[number];

/** Not 'alerts.channel...', so that nobody takes it for theirs. */
const CHANGED = 'vestnik.alerts.settings.changed';
const notes = notesOf('alerts.settings');

/**
 * The settings of the alerts as they are now: the configuration's, with what operators have set over it.
 *
 * started (read once) -> (somebody on any hub sets one: read again) -> stop(). Whoever works by the settings asks `current()` each time.
 */
export interface LiveSettings {
  current(): AlertsSettings;
  /** Keys that begin so, with their values as texts; '' for what is not set. */
  shown(prefix: string): { readonly key: LiveKey; readonly value: string }[];
  /**
   * Sets one for all hubs; here it counts when this resolves.
   * @returns the value as it is shown
   * @throws HubError VALIDATION `bad_value` for an unknown key or a value that the configuration would not take either
   */
  set(caller: Caller, key: string, text: string): Promise<string>;
  /** The same for several, all or none, each with its line in the audit. @param texts values by key */
  setAll(caller: Caller, texts: ReadonlyMap<string, string>): Promise<void>;
  /** Called after each change. @returns ends it */
  onChange(listener: () => void): () => void;
  stop(): void;
}

type Section = Record<string, unknown>;

function valueAt(settings: AlertsSettings, key: LiveKey): string | number | undefined {
  return key.split('.').reduce<unknown>((value, part) => (value as Section | undefined)?.[part], settings) as string | number | undefined;
}

/** The settings with one value in its place; undefined takes it away. */
function withValue(settings: AlertsSettings, key: LiveKey, value: unknown): AlertsSettings {
  const [first = '', second] = key.split('.');
  const section = settings as unknown as Section;
  const inner = second === undefined ? value : { ...(section[first] as Section), [second]: value };
  return { ...settings, [first]: inner } as AlertsSettings;
}

/** @throws HubError VALIDATION `bad_value` */
function keyOf(text: string): LiveKey {
  const key = LIVE_KEYS.find((known) => known === text);
  if (key === undefined) throw refusal('bad_value', text, `it is no setting; right would be one of ${LIVE_KEYS.join(', ')}`);
  return key;
}

/** @throws HubError VALIDATION `bad_value` */
function readValue(settings: AlertsSettings, key: LiveKey, text: string): unknown {
  const whole = typeof valueAt(settings, key) === 'number' && /^\d{1,9}$/.test(text) ? Number(text) : text === '' ? undefined : text;
  const parsed = alertsSection.safeParse(withValue(settings, key, whole));
  // What is left out would silently be the default; only the last day of the licence may be missing.
  if (!parsed.success || (whole === undefined && key !== 'licence.validTo'))
    throw refusal('bad_value', key, parsed.error?.issues[0]?.message ?? 'a value is needed');
  return whole ?? null;
}

/** The settings of the configuration with what operators have set over them, as they are in the database now. */
export async function readLiveSettings(db: Queryable, configured: AlertsSettings): Promise<AlertsSettings> {
  const rows = await storedSettings(db, LIVE_KEYS);
  return rows.reduce((settings, { key, value }) => {
    const parsed = alertsSection.safeParse(withValue(settings, key as LiveKey, value ?? undefined));
    if (!parsed.success) notes.warn('a stored setting is not used: it is not what this version takes', { key });
    return parsed.success ? parsed.data : settings;
  }, configured);
}

const shownValue = (settings: AlertsSettings, key: LiveKey): string => String(valueAt(settings, key) ?? '');

/** Keys that begin so, with their values as texts; '' for what is not set. */
export const shownSettings = (settings: AlertsSettings, prefix: string): { readonly key: LiveKey; readonly value: string }[] =>
  LIVE_KEYS.filter((key) => key.startsWith(prefix)).map((key) => ({ key, value: shownValue(settings, key) }));

/**
 * Sets some for all hubs, all or none, each with its line in the audit; hubs that run hear of it.
 * @param present as they are now
 * @throws HubError VALIDATION `bad_value` for an unknown key or a value that the configuration would not take either
 */
export async function storeLiveSettings(
  database: Pick<Database, 'transaction'>,
  caller: Caller,
  present: AlertsSettings,
  texts: ReadonlyMap<string, string>,
): Promise<void> {
  const changes = [...texts].map(([name, text]) => {
    const key = keyOf(name);
    return { key, before: shownValue(present, key), value: readValue(present, key, text) };
  });
  if (changes.length > 0)
    await database.transaction(async (tx) => {
      for (const { key, before, value } of changes) await storeOne(tx, caller, key, before, value);
    });
}

async function storeOne(tx: Transaction, caller: Caller, key: LiveKey, before: string, value: unknown): Promise<void> {
  await putSetting(tx, key, JSON.stringify(value), caller.login);
  await audit(tx, caller, { action: 'alerts.setting.change', object: key, before: { value: before }, after: { value } });
  await publish(tx, { type: CHANGED, subject: key, data: { key, login: caller.login, request_id: caller.requestId ?? null } });
  await insertLog(tx, 'info', caller.login, `Настройка ${key}: ${value ?? 'нет'} (было: ${before})`);
}

export async function startLiveSettings({
  database,
  events,
  configured,
}: {
  readonly database: Database;
  readonly events: EventStore;
  readonly configured: AlertsSettings;
}): Promise<LiveSettings> {
  let present = configured;
  const listeners = new Set<() => void>();

  const load = async (): Promise<void> => {
    present = await readLiveSettings(database.work, configured);
    for (const listener of listeners) listener();
  };
  const untail = events.tail({ types: [CHANGED] }, () => {
    void load().catch((error: unknown) => notes.warn('changed settings could not be read', {}, error));
  });
  await untail.listening;
  await load();

  const setAll = async (caller: Caller, texts: ReadonlyMap<string, string>): Promise<void> => {
    await storeLiveSettings(database, caller, present, texts);
    if (texts.size > 0) await load();
  };

  return {
    current: () => present,
    shown: (prefix) => shownSettings(present, prefix),
    async set(caller, name, text) {
      await setAll(caller, new Map([[name, text]]));
      return shownValue(present, keyOf(name));
    },
    setAll,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      untail();
      listeners.clear();
    },
  };
}

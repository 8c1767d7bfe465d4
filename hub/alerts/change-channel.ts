import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { kindOf } from './add-channel-group.ts';
import { HIDDEN, openSecrets, sealSecrets } from './channel-secrets.ts';
import type { ChannelKindEntry, ChannelKinds } from './channels/channel-kind.ts';
import { requireChannelLicence } from './check-licence.ts';
import { isId, refusal } from './refusals.ts';
import { channelsOfGroup } from './sql/channel-group-edits.ts';
import { lockChannel, raiseGroupVersion, renameGroup, setChannel } from './sql/channel-now.ts';
import { channelGroups, type GroupRow, holdChannels, renumberChannels, setChannelSettings } from './sql/channels.ts';
import { insertLog } from './sql/log.ts';

export interface ChannelChange {
  readonly number: number;
  readonly enabled: boolean;
  /** The name that is wanted, by the one that is stored. */
  readonly name: (stored: string) => string;
  /** Settings of its group that change, as texts; `***` keeps a secret, '' takes away what may be missing. */
  readonly settings: ReadonlyMap<string, string>;
  /** How the caller was shown a text: one that comes back so stays as it is stored. */
  readonly shownAs?: (stored: string) => string;
}

export interface ChangedChannel {
  readonly enabled: boolean;
  readonly name: string;
  /** All settings of its group as texts; secrets as `***`. */
  readonly settings: ReadonlyMap<string, string>;
}

const LONGEST_NAME = 255;

/** The settings with the changes in their places. @throws HubError VALIDATION naming the setting */
function withChanges(kind: ChannelKindEntry, present: Readonly<Record<string, unknown>>, { settings: changes, shownAs }: ChannelChange) {
  const wanted: Record<string, unknown> = { ...present };
  for (const [key, text] of changes) {
    const stored = present[key];
    if (!Object.hasOwn(kind.settings.shape, key)) throw refusal('bad_value', key, 'there is no such setting');
    if (kind.secrets.includes(key) ? text === HIDDEN : typeof stored === 'string' && shownAs?.(stored) === text) continue;
    if (text === '') delete wanted[key];
    else wanted[key] = text;
  }
  return validate(kind.settings, wanted, 'body') as Record<string, unknown>;
}

const textsOf = (shown: Readonly<Record<string, unknown>>): Map<string, string> =>
  new Map(Object.entries(shown).flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, String(value)]])));

/** Stores other settings of a group; its driver is made anew. */
async function storeSettings(tx: Transaction, act: Act, kind: ChannelKindEntry, group: GroupRow, settings: Record<string, unknown>) {
  const { shown, secrets } = sealSecrets(act.secretKey, group.groupId, settings, kind.secrets);
  await setChannelSettings(tx, group.groupId, JSON.stringify(shown), secrets);
  const names = kind.channelsOf(settings, group.name);
  // Names that operators gave to channels stay while the group has the same ones.
  const before = (await channelsOfGroup(tx, group.groupId)).length;
  if (names.length !== before) await renumberChannels(tx, group.groupId, names);
  if (names.length > before && group.enabled) await requireChannelLicence(tx, act, group.kind);
  await raiseGroupVersion(tx, group.groupId);
  return shown;
}

/**
 * Changes a channel by its number, and the settings that it shares with its group (specification of alerts 3.7, SETCHANINFO). The only channel of a group gives the
 * group its name.
 * @throws HubError VALIDATION `bad_value` (also for a number that there is not), CONFLICT `no_licence`, `name_taken`
 */
export async function changeChannel(tx: Transaction, act: Act, kinds: ChannelKinds, change: ChannelChange): Promise<ChangedChannel> {
  const { number, enabled } = change;
  await holdChannels(tx);
  const [row] = isId(number) ? await lockChannel(tx, number) : [];
  const group = row && (await channelGroups(tx)).find(({ groupId }) => groupId === row.groupId);
  if (!row || !group) throw refusal('bad_value', 'channel', `there is no channel ${number}`);
  const kind = kindOf(kinds, group.kind);
  const name = change.name(row.name);
  if (name === '' || name.length > LONGEST_NAME) throw refusal('bad_value', 'name', `1 to ${LONGEST_NAME} characters`);

  const present = openSecrets(act.secretKey, group);
  const settings = withChanges(kind, present, change);
  const alone = kind.channelsOf(settings, group.name).length === 1;
  const renamed = alone && name !== group.name;
  if (renamed && (await renameGroup(tx, group.groupId, name)).length === 0) throw refusal('name_taken', name);
  const differs = JSON.stringify(settings) !== JSON.stringify(validate(kind.settings, present, 'body'));
  const shown = differs
    ? await storeSettings(tx, act, kind, { ...group, name: renamed ? name : group.name }, settings)
    : sealSecrets(act.secretKey, group.groupId, settings, kind.secrets).shown;
  const moved = name !== row.name || enabled !== row.enabled;
  if (moved) await setChannel(tx, number, name, enabled);
  if (enabled && !row.enabled) await requireChannelLicence(tx, act, group.kind);
  if (moved || differs) {
    const data = {
      channel: number,
      channel_group_id: group.groupId,
      name,
      login: act.caller.login,
      request_id: act.caller.requestId ?? null,
    };
    await publish(tx, { type: 'vestnik.alerts.channel.changed', subject: String(number), data });
    await audit(tx, act.caller, {
      action: 'alerts.channel.change',
      object: String(number),
      before: { name: row.name, enabled: row.enabled, settings: group.settings },
      after: { name, enabled, settings: shown },
    });
    await insertLog(tx, 'info', act.caller.login, `Изменён канал «${name}» (${number})`);
  }
  return { enabled, name, settings: textsOf(shown) };
}

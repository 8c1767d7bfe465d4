import * as z from 'zod';
import type { Transaction } from '../core/database/statement.ts';
import { wakeTarget } from '../core/deliveries/enqueue.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { kindOf } from './add-channel-group.ts';
import { HIDDEN, openSecrets, sealSecrets } from './channel-secrets.ts';
import type { ChannelKindEntry, ChannelKinds } from './channels/channel-kind.ts';
import { requireChannelLicence } from './check-licence.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { channelsOfGroup, lockChannelGroup, setChannelGroup } from './sql/channel-group-edits.ts';
import { holdChannels, renumberChannels, setChannelSettings } from './sql/channels.ts';
import { insertLog } from './sql/log.ts';

export const channelGroupChange = z
  .strictObject({
    name: z.string().min(1).max(255),
    enabled: z.boolean(),
    settings: z
      .record(z.string(), z.unknown())
      .meta({ description: 'All of them; *** keeps a secret, one that is left out is taken away' }),
  })
  .partial();
export type ChannelGroupChange = z.input<typeof channelGroupChange>;

/** Settings as they are wanted, with the secrets that are to stay. @throws HubError VALIDATION naming the setting */
function wholeSettings(kind: ChannelKindEntry, given: Readonly<Record<string, unknown>>, present: Readonly<Record<string, unknown>>) {
  const kept = kind.secrets.filter((key) => given[key] === HIDDEN);
  const missing = kept.find((key) => present[key] === undefined);
  if (missing !== undefined) throw refusal('bad_value', missing, `${HIDDEN} keeps a secret, and there is none yet`, `/settings/${missing}`);
  const whole = { ...given, ...Object.fromEntries(kept.map((key) => [key, present[key]])) };
  return validate(kind.settings, whole, 'body') as Record<string, unknown>;
}

/**
 * Changes a channel group. Its hub stops the driver, attempts under way come to their end, and makes it anew; channels keep their numbers.
 * @throws HubError NOT_FOUND `unknown_channel_group`; STALE_VERSION; VALIDATION naming the setting; CONFLICT `name_taken`, `no_licence`
 */
export async function changeChannelGroup(
  tx: Transaction,
  act: Act,
  kinds: ChannelKinds,
  { id, change, version }: { readonly id: number; readonly change: ChannelGroupChange; readonly version?: number | undefined },
): Promise<void> {
  const wanted = validate(channelGroupChange, change, 'body');
  await holdChannels(tx);
  const [row] = isId(id) ? await lockChannelGroup(tx, id) : [];
  if (!row) throw refusal('unknown_channel_group', id);
  requireVersion(`channel group ${id}`, row.version, version);
  const kind = kindOf(kinds, row.kind);
  const name = wanted.name ?? row.name;
  const enabled = wanted.enabled ?? row.enabled;
  const present = openSecrets(act.secretKey, row);
  const settings = wanted.settings ? wholeSettings(kind, wanted.settings, present) : present;
  const channels = await channelsOfGroup(tx, id);
  if ((await setChannelGroup(tx, id, name, enabled)).length === 0) throw refusal('name_taken', name, '', '/name');
  const { shown, secrets } = sealSecrets(act.secretKey, id, settings, kind.secrets);
  await setChannelSettings(tx, id, JSON.stringify(shown), secrets);
  const names = kind.channelsOf(settings, name);
  // Names that operators gave to channels stay while the group has the same ones.
  if (name !== row.name || names.length !== channels.length) await renumberChannels(tx, id, names);
  if (enabled && (!row.enabled || names.length > channels.length)) await requireChannelLicence(tx, act, row.kind);
  await wakeTarget(tx, 'alerts', id);
  const { login, requestId = null } = act.caller;
  const data = { channel_group_id: id, kind: row.kind, name, enabled, login, request_id: requestId };
  await publish(tx, { type: 'vestnik.alerts.channel-group.changed', subject: `channel-group/${id}`, data });
  await audit(tx, act.caller, {
    action: 'alerts.channel-group.change',
    object: String(id),
    before: { name: row.name, enabled: row.enabled, settings: row.settings },
    after: { name, enabled, settings: shown },
  });
  await insertLog(tx, 'info', login, `Изменена группа каналов «${name}» (${id})`);
}

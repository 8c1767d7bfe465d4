import * as z from 'zod';
import type { Transaction } from '../core/database/statement.ts';
import { addTarget } from '../core/deliveries/enqueue.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { sealSecrets } from './channel-secrets.ts';
import type { ChannelKindEntry, ChannelKinds } from './channels/channel-kind.ts';
import { requireChannelLicence } from './check-licence.ts';
import { refusal } from './refusals.ts';
import { holdChannels, insertChannelGroup, renumberChannels, setChannelSettings } from './sql/channels.ts';
import { insertLog } from './sql/log.ts';

export const newChannelGroupInput = z.strictObject({
  kind: z.int().meta({ description: 'As the line protocol numbers them: 1 GSM modem, 3 SMPP, 4 SMTP' }),
  name: z.string().min(1).max(255),
  enabled: z.boolean().default(true),
  settings: z.record(z.string(), z.unknown()).meta({ description: 'By the kind; see the guide of the kind' }),
});
export type NewChannelGroupInput = z.input<typeof newChannelGroupInput>;

/** The kind of a number. @throws HubError VALIDATION for one that is not served */
export function kindOf(kinds: ChannelKinds, number: number): ChannelKindEntry {
  const kind = kinds.get(number);
  if (!kind) throw refusal('bad_value', 'kind', `${number} is not served; right would be one of ${[...kinds.keys()].join(', ')}`, '/kind');
  return kind;
}

/**
 * Adds a channel group with its channels; a hub takes it over and opens it.
 * @returns its id
 * @throws HubError VALIDATION naming the setting, CONFLICT `name_taken`, `no_licence`
 */
export async function addChannelGroup(tx: Transaction, act: Act, kinds: ChannelKinds, input: NewChannelGroupInput): Promise<number> {
  const { kind: number, name, enabled, settings: given } = validate(newChannelGroupInput, input, 'body');
  const kind = kindOf(kinds, number);
  const settings = validate(kind.settings, given, 'body');
  const names = kind.channelsOf(settings, name);
  const [made] = await insertChannelGroup(tx, number, name, enabled);
  if (!made) throw refusal('name_taken', name, '', '/name');
  const { shown, secrets } = sealSecrets(act.secretKey, made.id, settings, kind.secrets);
  await setChannelSettings(tx, made.id, JSON.stringify(shown), secrets);
  await holdChannels(tx);
  await renumberChannels(tx, made.id, names);
  if (enabled) await requireChannelLicence(tx, act, number);
  await addTarget(tx, 'alerts', made.id);
  await publish(tx, {
    type: 'vestnik.alerts.channel-group.added',
    subject: `channel-group/${made.id}`,
    data: { channel_group_id: made.id, kind: number, name },
  });
  await audit(tx, act.caller, {
    action: 'alerts.channel-group.add',
    object: String(made.id),
    after: { kind: number, name, settings: shown },
  });
  await insertLog(tx, 'info', act.caller.login, `Добавлена группа каналов «${name}» (${made.id})`);
  return made.id;
}

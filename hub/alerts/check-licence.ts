import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { CHANNEL_KIND } from './channels/driver.ts';
import { licenceEnded } from './licence.ts';
import { refusal } from './refusals.ts';
import { enabledChannels } from './sql/channel-now.ts';

/**
 * Checks after a change by which a channel was added or switched on that the licence allows all that are on now (specification of alerts 5.8.3): modems are counted.
 * `holdChannels` before the change, so that two at once are not both the last one allowed.
 * @throws HubError CONFLICT `no_licence`: the change must not be kept
 */
export async function requireChannelLicence(
  tx: Transaction,
  { settings, now }: Pick<Act, 'settings' | 'now'>,
  kind: number,
): Promise<void> {
  if (kind !== CHANNEL_KIND.gsm) return;
  const [all] = await enabledChannels(tx, kind);
  const most = licenceEnded(settings, now) ? 0 : settings.licence.gsmModems;
  if ((all?.count ?? 0) > most) throw refusal('no_licence', `${all?.count} GSM modems, but ${most}`);
}

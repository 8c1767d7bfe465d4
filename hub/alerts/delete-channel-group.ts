import type { Transaction } from '../core/database/statement.ts';
import { removeTarget } from '../core/deliveries/enqueue.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { isId, refusal } from './refusals.ts';
import { requireVersion } from './require-version.ts';
import { dropChannelGroup, groupIsBusy, lockChannelGroup } from './sql/channel-group-edits.ts';
import { insertLog } from './sql/log.ts';

/**
 * Deletes a channel group that is disabled and has no attempt under way: disabled, it takes nothing up any more and drains by itself. Numbers of its channels are
 * never given out again; what it has told stays in the runs.
 * @throws HubError NOT_FOUND `unknown_channel_group`; STALE_VERSION; CONFLICT `channel_group_enabled`, `channel_group_busy`
 */
export async function deleteChannelGroup(tx: Transaction, act: Act, id: number, version?: number): Promise<void> {
  const [row] = isId(id) ? await lockChannelGroup(tx, id) : [];
  if (!row) throw refusal('unknown_channel_group', id);
  requireVersion(`channel group ${id}`, row.version, version);
  if (row.enabled) throw refusal('channel_group_enabled', id);
  const [standing] = await groupIsBusy(tx, id);
  if (standing?.busy) throw refusal('channel_group_busy', id);
  await dropChannelGroup(tx, id);
  await removeTarget(tx, 'alerts', id);
  const { login, requestId = null } = act.caller;
  const data = { channel_group_id: id, kind: row.kind, name: row.name, login, request_id: requestId };
  await publish(tx, { type: 'vestnik.alerts.channel-group.deleted', subject: `channel-group/${id}`, data });
  await audit(tx, act.caller, {
    action: 'alerts.channel-group.delete',
    object: String(id),
    before: { name: row.name, settings: row.settings },
  });
  await insertLog(tx, 'info', login, `Удалена группа каналов «${row.name}» (${id})`);
}

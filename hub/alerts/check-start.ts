import type { Queryable } from '../core/database/statement.ts';
import { allowsChannel } from './channel-mask.ts';
import { CHANNEL_STATES } from './channels/driver.ts';
import { TASK_TYPE } from './kinds.ts';
import { licenceAgainst } from './licence.ts';
import { refusal } from './refusals.ts';
import { REACH } from './run.ts';
import type { AlertsSettings } from './settings.ts';
import { channelGroups, channels } from './sql/channels.ts';
import type { TaskRow } from './sql/runs.ts';

const GSM = 1;
const WORKS_NOT: readonly number[] = [CHANNEL_STATES.indexOf('off'), CHANNEL_STATES.indexOf('fault')];

/**
 * Checks whether a task may be started now: the licence first, then whether a channel works that the task may use (specification of alerts 5.8.2).
 * @throws HubError CONFLICT `start_not_licensed`, `no_channel`
 */
export async function checkStart(db: Queryable, settings: AlertsSettings, task: TaskRow, now: Temporal.Instant): Promise<void> {
  const against = licenceAgainst(settings, task.type, now);
  if (against !== undefined) throw refusal('start_not_licensed', task.taskId, against);
  const [groups, all] = await Promise.all([channelGroups(db), channels(db)]);
  const kinds = REACH[task.type]?.channels ?? [];
  const enabled = new Map(
    groups.filter((group) => group.enabled && kinds.includes(group.kind)).map((group) => [group.groupId, group.kind]),
  );
  const usable = all.filter((channel) => channel.enabled && enabled.has(channel.groupId) && allowsChannel(task.channels, channel.number));
  const licensed = usable.filter(({ groupId }) => enabled.get(groupId) !== GSM || settings.licence.gsmModems > 0);
  if (usable.length > 0 && licensed.length === 0) throw refusal('start_not_licensed', task.taskId, 'the licence does not allow GSM modems');
  if (task.type === TASK_TYPE.call || task.type === TASK_TYPE.loudspeaker)
    throw refusal('start_not_licensed', task.taskId, 'voice is not served yet: no group of SIP lines or loudspeakers can be set up');
  if (!licensed.some(({ state }) => !WORKS_NOT.includes(state)))
    throw refusal('no_channel', task.taskId, 'no channel that it may use works; see the channels and what they say of themselves');
}

import type { Queryable } from '../core/database/statement.ts';
import type { HubError } from '../core/errors.ts';
import { allowsChannel } from './channel-mask.ts';
import { CHANNEL_KIND, WORKS_NOT } from './channels/driver.ts';
import { TASK_TYPE } from './kinds.ts';
import { licenceAgainst } from './licence.ts';
import { refusal } from './refusals.ts';
import { REACH } from './run.ts';
import type { AlertsSettings } from './settings.ts';
import { type ChannelRow, channelGroups, channels, type GroupRow } from './sql/channels.ts';
import type { TaskRow } from './sql/runs.ts';

/** What a start looks at of a task. */
export type StartedTask = Pick<TaskRow, 'taskId' | 'type' | 'channels'>;

export interface Ways {
  readonly groups: readonly GroupRow[];
  readonly channels: readonly ChannelRow[];
}

/**
 * Why a task may not be started: the licence first, then whether a channel works that the task may use (specification of alerts 5.8.2).
 * @param works whether a channel does; without a hub that runs nobody knows
 * @returns `start_not_licensed` or `no_channel`; undefined: it may
 */
export function startRefusal(
  settings: AlertsSettings,
  task: StartedTask,
  ways: Ways,
  now: Temporal.Instant,
  works: (channel: ChannelRow) => boolean = ({ state }) => !WORKS_NOT.includes(state),
): HubError | undefined {
  const against = licenceAgainst(settings, task.type, now);
  if (against !== undefined) return refusal('start_not_licensed', task.taskId, against);
  const kinds = REACH[task.type]?.channels ?? [];
  const enabled = new Map(
    ways.groups.filter((group) => group.enabled && kinds.includes(group.kind)).map((group) => [group.groupId, group.kind]),
  );
  const usable = ways.channels.filter(
    (channel) => channel.enabled && enabled.has(channel.groupId) && allowsChannel(task.channels, channel.number),
  );
  const licensed = usable.filter(({ groupId }) => enabled.get(groupId) !== CHANNEL_KIND.gsm || settings.licence.gsmModems > 0);
  // Without modems and without any message centre nothing that could be mended at a channel would help.
  const noWay =
    settings.licence.gsmModems === 0 && task.type === TASK_TYPE.sms && !ways.groups.some(({ kind }) => kind === CHANNEL_KIND.smpp);
  if (noWay || (usable.length > 0 && licensed.length === 0))
    return refusal('start_not_licensed', task.taskId, 'the licence does not allow GSM modems');
  if (task.type === TASK_TYPE.call || task.type === TASK_TYPE.loudspeaker)
    return refusal('start_not_licensed', task.taskId, 'voice is not served yet: no group of SIP lines or loudspeakers can be set up');
  if (licensed.some(works)) return undefined;
  return refusal('no_channel', task.taskId, 'no channel that it may use works; see the channels and what they say of themselves');
}

export async function readWays(db: Queryable): Promise<Ways> {
  const [groups, all] = await Promise.all([channelGroups(db), channels(db)]);
  return { groups, channels: all };
}

/**
 * Checks whether a task may be started now.
 * @throws HubError CONFLICT `start_not_licensed`, `no_channel`
 */
export async function checkStart(db: Queryable, settings: AlertsSettings, task: StartedTask, now: Temporal.Instant): Promise<void> {
  const against = startRefusal(settings, task, await readWays(db), now);
  if (against) throw against;
}

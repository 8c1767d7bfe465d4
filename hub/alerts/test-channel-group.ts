import * as z from 'zod';
import type { Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { WORKS_NOT } from './channels/driver.ts';
import { confirmationRule, NO_CONFIRMATION } from './confirmation.ts';
import { normaliseEmail } from './email-address.ts';
import { MESSAGE_TYPE, type TaskType } from './kinds.ts';
import { licenceAgainst } from './licence.ts';
import { normalPhone } from './phone.ts';
import { isId, refusal } from './refusals.ts';
import { type Frozen, type Initiator, REACH } from './run.ts';
import { channelsOfGroup, insertTestTarget, insertTestTask, lockChannelGroup } from './sql/channel-group-edits.ts';
import { insertLog } from './sql/log.ts';
import { insertRun, setTotal } from './sql/runs.ts';
import { taskRule } from './task-settings.ts';
import { tellRun } from './tell-task.ts';

export const channelTestInput = z.strictObject({
  address: z.string().min(1).max(128).meta({ description: 'A phone or an e-mail address, by the kind of the channels' }),
  text: z.string().min(1).max(1_000).default('Vestnik: проверка канала / channel test'),
});
export type ChannelTestInput = z.input<typeof channelTestInput>;

/**
 * Sends one message to one address by the channels of one group: a run of its own, of a task that is in no list, so that the hub that has the group makes it,
 * whichever that is, and what came of it is seen as of any run. Not repeated.
 * @returns the run
 * @throws HubError NOT_FOUND `unknown_channel_group`; VALIDATION `bad_phone`, `bad_email`; CONFLICT `start_not_licensed`, `channel_not_working`
 */
export async function testChannelGroup(
  tx: Transaction,
  act: Act,
  id: number,
  input: ChannelTestInput,
  how: Initiator['how'],
): Promise<{ readonly id: number; readonly taskId: number }> {
  const { address, text } = validate(channelTestInput, input, 'body');
  const [group] = isId(id) ? await lockChannelGroup(tx, id) : [];
  if (!group) throw refusal('unknown_channel_group', id);
  const type = REACH.findIndex(({ channels }) => channels.includes(group.kind)) as TaskType;
  const mail = REACH[type]?.address === 'email';
  const normal = mail ? normaliseEmail(address) : normalPhone(address, act.settings);
  if (normal === undefined) throw refusal(mail ? 'bad_email' : 'bad_phone', address, 'such as +79161234567', '/address');
  const against = licenceAgainst(act.settings, type, act.now);
  if (against !== undefined) throw refusal('start_not_licensed', group.name, against);
  const channels = await channelsOfGroup(tx, id);
  const usable = channels.filter(({ enabled }) => enabled && group.enabled);
  if (!usable.some(({ state }) => !WORKS_NOT.includes(state)))
    throw refusal(
      'channel_not_working',
      group.name,
      usable.find(({ info }) => info !== '')?.info ?? 'it is switched off, or no hub runs it',
    );

  const last = Math.max(...usable.map(({ number }) => number));
  const mask = Array.from({ length: last }, (_, at) => (usable.some(({ number }) => number === at + 1) ? '1' : '0')).join('');
  const name = `Проверка канала «${group.name}»`;
  const frozen: Frozen = {
    task: name,
    list: { id: 0, name: '' },
    message: { id: 0, name: '', type: MESSAGE_TYPE.text, text: text.replaceAll('{', '{{') },
    confirmation: confirmationRule(NO_CONFIRMATION, type),
    code: null,
    settings: { ...taskRule([], type), rounds: 1, busySeconds: 0, dup: false, subject: mail ? name : undefined },
    windows: [],
    zone: act.settings.zone,
    event: null,
  };
  const { login } = act.caller;
  const initiator: Initiator = { login, how, from: act.caller.address ?? '' };
  const [task] = await insertTestTask(tx, type, name);
  const taskId = task?.taskId ?? 0;
  const [run] = await insertRun(tx, taskId, 1, type, 1, mask, JSON.stringify(frozen), JSON.stringify(initiator));
  if (!run) throw new Error('no run of a test was made');
  await insertTestTarget(tx, run.runId, address, normal);
  await setTotal(tx, run.runId, 1, false);
  await tellRun(tx, { runId: run.runId, taskId, number: 1 }, 'started', {
    name,
    type,
    total: 1,
    final: 0,
    login,
    how,
    from: initiator.from,
  });
  await audit(tx, act.caller, { action: 'alerts.channel-group.test', object: String(id), after: { run: run.runId, address: normal } });
  await insertLog(tx, 'info', login, `${name}: отправлено на проверку, запуск ${run.runId}`);
  return { id: run.runId, taskId };
}

import { addChannelGroup } from '../../../add-channel-group.ts';
import { addGroup } from '../../../add-group.ts';
import { addList } from '../../../add-list.ts';
import { addMessage } from '../../../add-message.ts';
import { addTask } from '../../../add-task.ts';
import { MESSAGE_TYPE, TASK_TYPE, type TaskType } from '../../../kinds.ts';
import { type LineBench, QUIET_KINDS } from './line-bench.ts';

/** What the contract of 3.11 begins with: group 1, list 1, message 1 and task 1 of the given type, which has never run. */
export async function standardData(bench: LineBench, type: TaskType = TASK_TYPE.email): Promise<void> {
  await bench.write(async (tx, act) => {
    await addGroup(tx, act, { name: 'Дежурные' });
    await addList(tx, act, { name: 'Сбор' });
    await addMessage(tx, act, { type: MESSAGE_TYPE.text, name: 'Текст', text: 'Сбор, {name}' });
    await addTask(tx, act, { type, name: 'Сбор дежурных', list_id: 1, message_id: 1 });
  });
}

/** Adds a channel group of a kind whose channels work, as far as the database says. @returns its channels' numbers */
export async function workingChannel(bench: LineBench, kind: 1 | 3 | 4, name: string): Promise<number[]> {
  const group = await bench.write((tx, act) => addChannelGroup(tx, act, QUIET_KINDS, { kind, name, settings: { secret: 'hush' } }));
  const found = await bench.rows<{ number: number }>('UPDATE alerts_channel SET state = 1 WHERE group_id = $1 RETURNING number', group);
  return found.map(({ number }) => number);
}

import { startRun } from '../../start-run.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { taskLine } from '../codec/lines/task-lines.ts';
import { readFlag } from '../codec.ts';
import { provedAt } from '../proofs.ts';
import { required } from '../refuse.ts';

/** Answers as UPDATETASK; its errors carry its own name. A start that must be confirmed and is not: ERR_NOACCESS, which every command may answer. */
export const startTask: LineCommand<'STARTTASK'> = {
  refusals: { start_not_licensed: 'ERR_NOHASPFORSTART', no_channel: 'ERR_NOGSM', other: 'ERR_GETTASK' },
  async perform(call, { id: tid, restart: flag }) {
    const id = required(readId(tid));
    const restart = required(readFlag(flag));
    const initiator = { login: call.operator.login, how: 'line', from: call.session.address } as const;
    const standing = await call.changeTask(
      id,
      (tx, act) => startRun(tx, act, id, { restart, initiator, provedAt: provedAt(call.session) }),
      ({ changed }) => changed,
    );
    taskLine(call.out, 'UPDATETASK', 'OK', { id, ...standing });
  },
};

import { removeOperator } from '../../../core/identity/remove-operator.ts';
import type { LineCommand } from '../call.ts';
import { loginLine } from '../codec/lines/user-lines.ts';
import { managerOf } from '../manage-users.ts';
import { LineRefusal } from '../refuse.ts';

/** Deletes a user; never oneself, and the directory keeps its last administrator. */
export const userDel: LineCommand<'USERDEL'> = {
  refusals: { other: 'ERR_USERDEL' },
  async perform(call, { login: given }) {
    const login = given.toLowerCase();
    if (login === call.operator.login) throw new LineRefusal('ERR_USERDEL');
    await call.context.identity.change((tx) => removeOperator(tx, managerOf(call), login));
    call.context.rightsChanged(login);
    loginLine(call.out, call.name, login);
  },
};

import { findOperator } from '../../../core/identity/list-operators.ts';
import type { LineCommand } from '../call.ts';
import { RIGHT } from '../codec/command.ts';
import { userLine } from '../codec/lines/user-lines.ts';
import { lineUserOf } from '../manage-users.ts';
import { LineRefusal } from '../refuse.ts';

/** One user: oneself, or with right 32 anybody. */
export const user: LineCommand<'USER'> = {
  refusals: { other: 'ERR_BADLOGIN' },
  async perform(call, { login: given }) {
    const own = call.operator.login;
    const login = given ?? own;
    if (login.toLowerCase() !== own && !call.may(RIGHT.users)) throw new LineRefusal('ERR_NOACCESS');
    const found = await findOperator(call.context.database.work, login);
    userLine(call.out, call.name, 'OK', lineUserOf(found), call.zone);
  },
};

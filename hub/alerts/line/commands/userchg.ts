import { HubError } from '../../../core/errors.ts';
import { changeOperator } from '../../../core/identity/change-operator.ts';
import { findOperator } from '../../../core/identity/list-operators.ts';
import type { Operator } from '../../../core/identity/operator.ts';
import { setPassword } from '../../../core/identity/set-password.ts';
import type { LineCommand } from '../call.ts';
import { ifPresent } from '../codec/absent.ts';
import { RIGHT } from '../codec/command.ts';
import { keepUnsendable } from '../codec/keep-unsendable.ts';
import { changedUserLine } from '../codec/lines/user-lines.ts';
import { readFlag } from '../codec.ts';
import { lineUserOf, managerOf, requiredRights } from '../manage-users.ts';
import { LineRefusal, required } from '../refuse.ts';
import { rightsOfBits } from '../rights.ts';

/** Changes a user; the own name and password without right 32, the own rights never. */
export const userChg: LineCommand<'USERCHG'> = {
  refusals: { other: 'ERR_USERCHG' },
  async perform(call, { login: given, password, name, rights: mask, enabled: flag }) {
    const { context, operator } = call;
    const manages = call.may(RIGHT.users);
    const self = given.toLowerCase() === operator.login;
    if (!self && !manages) throw new LineRefusal('ERR_NOACCESS');
    const bits = requiredRights(mask, 'ERR_USERCHG');
    const enabled = flag === undefined ? undefined : required(readFlag(flag));
    if (self && (bits !== operator.bits || enabled === false)) throw new LineRefusal(manages ? 'ERR_USERCHG' : 'ERR_NOACCESS');
    const { identity, database } = context;
    const wanted = ifPresent(password);
    const hash = wanted === undefined ? undefined : await identity.hashPassword(wanted);
    const change = async (): Promise<Operator> => {
      const stored = await findOperator(database.work, given);
      const rights = rightsOfBits(bits, stored.rights);
      const fields = {
        displayName: keepUnsendable(name, stored.displayName),
        enabled,
        ...(rights.join() !== stored.rights.join() && { rights }),
        // Rights that are none of ours are kept as they were read, so nobody may have changed them since.
        version: stored.version,
      };
      return identity.change(async (tx) => {
        const after = await changeOperator(tx, managerOf(call), stored.login, fields, identity.rights);
        return hash === undefined ? after : setPassword(tx, managerOf(call), stored.login, hash);
      });
    };
    const changed = await change().catch((error: unknown) => {
      if (error instanceof HubError && error.code === 'STALE_VERSION') return change();
      throw error;
    });
    context.rightsChanged(changed.login);
    changedUserLine(call.out, call.name, lineUserOf(changed));
  },
};

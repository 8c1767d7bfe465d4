import { HubError } from '../../../core/errors.ts';
import { addOperator } from '../../../core/identity/add-operator.ts';
import type { LineCommand } from '../call.ts';
import { addedUserLine } from '../codec/lines/user-lines.ts';
import { lineUserOf, managerOf, requiredRights } from '../manage-users.ts';
import { LineRefusal } from '../refuse.ts';
import { rightsOfBits } from '../rights.ts';

export const userAdd: LineCommand = {
  refusals: { other: 'ERR_USERADD' },
  async perform(call, [login = '', password = '', displayName = '', mask = '']) {
    const bits = requiredRights(mask, 'ERR_USERADD');
    const { identity } = call.context;
    const hash = await identity.hashPassword(password);
    const fields = { login, displayName, rights: rightsOfBits(bits), password: hash };
    try {
      const operator = await identity.change((tx) => addOperator(tx, managerOf(call), fields, identity.rights));
      addedUserLine(call.out, call.name, lineUserOf(operator));
    } catch (error) {
      throw error instanceof HubError && error.code === 'CONFLICT' ? new LineRefusal('ERR_USERALREADY') : error;
    }
  },
};

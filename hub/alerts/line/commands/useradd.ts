import { HubError } from '../../../core/errors.ts';
import { addOperator } from '../../../core/identity/add-operator.ts';
import { notesOf } from '../../../core/telemetry/channels.ts';
import type { LineCommand } from '../call.ts';
import { addedUserLine } from '../codec/lines/user-lines.ts';
import { lineUserOf, managerOf, requiredRights } from '../manage-users.ts';
import { LineRefusal } from '../refuse.ts';
import { rightsOfBits } from '../rights.ts';

const notes = notesOf('alerts.line');

/** Adds an operator of the hub, whose directory takes ASCII logins only: they also stand in HTTP, in certificates and in the audit. */
export const userAdd: LineCommand<'USERADD'> = {
  refusals: { other: 'ERR_USERADD' },
  async perform(call, { login, password, name: displayName, rights: mask }) {
    const bits = requiredRights(mask, 'ERR_USERADD');
    const { identity } = call.context;
    try {
      const hash = await identity.hashPassword(password);
      const fields = { login, displayName, rights: rightsOfBits(bits), password: hash };
      const operator = await identity.change((tx) => addOperator(tx, managerOf(call), fields, identity.rights));
      addedUserLine(call.out, call.name, lineUserOf(operator));
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.code === 'CONFLICT') throw new LineRefusal('ERR_USERALREADY');
      // The wire has one code for all that may be wrong; what was wrong is told where administrators look. It names no parameter.
      if (error.code === 'VALIDATION') notes.info('USERADD was refused', { by: call.operator.login, why: error.message });
      throw error;
    }
  },
};

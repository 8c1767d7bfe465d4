import type { LineCommand } from '../call.ts';
import { prove } from './login.ts';

/** Checks a password; the session keeps its user. */
export const checkPassword: LineCommand = {
  async perform(call, [login = '', password = '']) {
    await prove(call, login, password, 'ERR_CHECKPASSW');
    call.ok(login);
  },
};

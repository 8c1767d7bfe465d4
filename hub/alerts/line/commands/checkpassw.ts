import type { LineCommand } from '../call.ts';
import { loginLine } from '../codec/lines/user-lines.ts';
import { rememberProof } from '../proofs.ts';
import { prove } from './login.ts';

/** Checks a password; the session keeps its user. The user's own is what a start may ask for (specification of alerts 8.3.5). */
export const checkPassword: LineCommand<'CHECKPASSW'> = {
  async perform(call, { login, password }) {
    const principal = await prove(call, login, password, 'ERR_CHECKPASSW');
    rememberProof(call.session, principal.login);
    loginLine(call.out, call.name, login);
  },
};

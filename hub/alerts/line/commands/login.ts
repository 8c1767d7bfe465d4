import { HubError } from '../../../core/errors.ts';
import { measure, notesOf } from '../../../core/telemetry/channels.ts';
import type { LineCall, LineCommand } from '../call.ts';
import type { LineErrorCode } from '../codec/errors.ts';
import { welcomeLine } from '../codec.ts';
import { haspOf } from '../hasp.ts';
import { LINE_LOGINS_FAILED } from '../metrics.ts';
import { LineRefusal } from '../refuse.ts';
import { bitsOf } from '../rights.ts';

const notes = notesOf('alerts.line');

/** Whoever this login and password are. @throws LineRefusal with the code when they are nobody's, or too many were tried */
export async function prove(call: LineCall, login: string, password: string, code: LineErrorCode) {
  try {
    return await call.context.identity.authenticateBasic(login, password, call.session.address);
  } catch (error) {
    if (!(error instanceof HubError) || !['UNAUTHORIZED', 'TOO_MANY_REQUESTS', 'BUSY'].includes(error.code)) throw error;
    measure(LINE_LOGINS_FAILED, 1);
    notes.debug('a login was refused', { address: call.session.address, why: error.code });
    throw new LineRefusal(code);
  }
}

/** Logs in; a second one changes the user, and where it fails the session is logged out (specification of alerts 3.2). */
export const login: LineCommand<'LOGIN'> = {
  async perform(call, { login: name, password }) {
    const { context, session } = call;
    session.signOut();
    const { login, operatorId, displayName, rights } = await prove(call, name, password, 'ERR_BADLOGIN');
    const settings = context.settings.current();
    if (context.sessionsOf(login) >= settings.line.sessionsPerLogin) {
      notes.warn('a login was refused: it has as many sessions as it may have', { login, address: session.address });
      throw new LineRefusal('ERR_NOACCESS');
    }
    session.signIn({ login, operatorId, rights, bits: bitsOf(rights) });
    notes.info('logged in', { login, address: session.address });
    welcomeLine(call.out, displayName, context.version, haspOf(settings, Temporal.Now.instant()));
  },
};

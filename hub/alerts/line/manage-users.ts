import type { Caller } from '../../core/identity/caller.ts';
import type { Operator } from '../../core/identity/operator.ts';
import type { LineCall } from './call.ts';
import { EVERY_RIGHT, readRights } from './codec/command.ts';
import type { LineErrorCode } from './codec/errors.ts';
import type { LineUser } from './codec/lines/user-lines.ts';
import { LineRefusal, required } from './refuse.ts';
import { bitsOf } from './rights.ts';

/**
 * The caller as the directory of operators knows those who manage it: right 32 of the line protocol is that right there. Nobody hands out, or takes from
 * somebody, more than they have themselves; the directory sees to that.
 */
export const managerOf = ({ caller }: LineCall): Caller => ({ ...caller, rights: [...caller.rights, 'identity.manage'] });

/** The bits of rights. @throws LineRefusal ERR_BADSYNTAX for no number, `code` for one outside 0 to 127 */
export function requiredRights(text: string, code: LineErrorCode): number {
  const bits = required(readRights(text));
  if (bits > EVERY_RIGHT) throw new LineRefusal(code);
  return bits;
}

/** An operator as the line protocol tells of one. */
export const lineUserOf = ({ login, displayName, rights, enabled, lastLoginAt }: Operator): LineUser => ({
  login,
  name: displayName,
  bits: bitsOf(rights),
  enabled,
  lastLogin: lastLoginAt ?? null,
});

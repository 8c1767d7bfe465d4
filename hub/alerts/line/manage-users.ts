import type { Caller } from '../../core/identity/caller.ts';
import type { LineCall } from './call.ts';
import { EVERY_RIGHT } from './codec/command.ts';
import type { LineErrorCode } from './codec/errors.ts';
import { LineRefusal } from './refuse.ts';

/**
 * The caller as the directory of operators knows those who manage it: right 32 of the line protocol is that right there. Nobody hands out, or takes from
 * somebody, more than they have themselves; the directory sees to that.
 */
export const managerOf = ({ caller }: LineCall): Caller => ({ ...caller, rights: [...caller.rights, 'identity.manage'] });

/** The bits of rights. @throws LineRefusal ERR_BADSYNTAX for no number, `code` for one outside 0 to 127 */
export function readRights(text: string, code: LineErrorCode): number {
  if (!/^\d{1,30}$/.test(text)) throw new LineRefusal('ERR_BADSYNTAX');
  const bits = Number(text);
  if (bits > EVERY_RIGHT) throw new LineRefusal(code);
  return bits;
}

import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { before, listCursor, type PartWish } from './list-cursor.ts';
import { type NoteRow, notePage } from './sql/notes.ts';

export type { NoteRow };

/** Notes on a contract, the newest first. @throws HubError NOT_FOUND, BAD_REQUEST (cursor) */
export async function listNotes(db: Queryable, act: Act, contractId: number, { limit, after }: PartWish): Promise<Page<NoteRow>> {
  const { id } = await findContract(db, act, contractId);
  return pageOf(await notePage(db, id, before(after), limit + 1), limit, (note) => listCursor.after(note.id));
}

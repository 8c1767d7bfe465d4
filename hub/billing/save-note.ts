import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkLine, checkText } from './bad-value.ts';
import { findContract } from './find-contract.ts';
import { deleteNoteRow, insertNote, type NoteRow, noteById, updateNote } from './sql/notes.ts';

const LONGEST_SUBJECT = 500;
const LONGEST_TEXT = 100_000;

const noNote = (id: number): HubError =>
  new HubError('NOT_FOUND', `there is no note ${id}`, { reason: 'note', russian: `Примечание не найдено: ${id}` });

/** @throws HubError NOT_FOUND, also for a note of a contract outside the fence. */
export async function findNote(db: Queryable, act: Act, id: number, contractId?: number): Promise<NoteRow> {
  const [note] = await noteById(db, id);
  if (!note || (contractId !== undefined && note.contractId !== contractId)) throw noNote(id);
  await findContract(db, act, note.contractId);
  return note;
}

export interface NoteInput {
  /** Absent, 0 or negative: a new one. */
  readonly id?: number;
  readonly subject: string;
  readonly text: string;
  /** To the customer. */
  readonly visible: boolean;
}

/**
 * Writes a note on a contract, or changes one; its author and time are those of the last change.
 * @returns its number
 * @throws HubError NOT_FOUND (contract, note), BAD_REQUEST
 */
export async function saveNote(tx: Transaction, act: Act, contractId: number, input: NoteInput): Promise<number> {
  const subject = checkLine('subject', input.subject, LONGEST_SUBJECT);
  const text = checkText('comment', input.text, LONGEST_TEXT);
  const { visible } = input;
  const author = [act.operatorId || null, act.caller.login] as const;
  await findContract(tx, act, contractId);
  const former = input.id !== undefined && input.id > 0 ? await findNote(tx, act, input.id, contractId) : undefined;
  let id = former?.id;
  if (id !== undefined) await updateNote(tx, id, subject, text, visible, ...author);
  else [{ id } = { id: 0 }] = await insertNote(tx, contractId, subject, text, visible, ...author);
  await audit(tx, act.caller, {
    action: former ? 'billing.note.change' : 'billing.note.create',
    object: String(contractId),
    ...(former && { before: { note: id, subject: former.subject, visible: former.visible } }),
    after: { note: id, subject, visible },
  });
  return id;
}

/** @throws HubError NOT_FOUND (contract, note) */
export async function deleteNote(tx: Transaction, act: Act, contractId: number, id: number): Promise<void> {
  const { subject, visible } = await findNote(tx, act, id, contractId);
  await deleteNoteRow(tx, id);
  await audit(tx, act.caller, { action: 'billing.note.delete', object: String(contractId), before: { note: id, subject, visible } });
}

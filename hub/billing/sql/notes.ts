import { statement } from '../../core/database/statement.ts';

export type NoteRow = {
  id: number;
  contractId: number;
  subject: string;
  text: string;
  visible: boolean;
  operatorId: number | null;
  login: string;
  at: Temporal.Instant;
};

const COLUMNS =
  'n.note_id AS id, n.contract_id AS "contractId", n.subject, n.text, n.visible, n.operator_id AS "operatorId", n.login, n.at';

/** `$2` only those that the customer may see. Oldest first. */
export const notesOf = statement<NoteRow>(
  'billing.notesOf',
  `SELECT ${COLUMNS} FROM contract_note n WHERE n.contract_id = $1 AND (NOT $2::boolean OR n.visible) ORDER BY n.note_id`,
);

/** The newest first, those before the note `$2`, at most `$3`. */
export const notePage = statement<NoteRow>(
  'billing.notePage',
  `SELECT ${COLUMNS} FROM contract_note n WHERE n.contract_id = $1 AND n.note_id < $2::bigint ORDER BY n.note_id DESC LIMIT $3`,
);

export const noteById = statement<NoteRow>('billing.noteById', `SELECT ${COLUMNS} FROM contract_note n WHERE n.note_id = $1`);

/** `$5` operator, `$6` login. */
export const insertNote = statement<{ id: number }>(
  'billing.insertNote',
  `INSERT INTO contract_note (contract_id, subject, text, visible, operator_id, login) VALUES ($1, $2, $3, $4, $5, $6) RETURNING note_id AS id`,
);

/** `$1` the note; its author and time become those of the change. */
export const updateNote = statement(
  'billing.updateNote',
  'UPDATE contract_note SET subject = $2, text = $3, visible = $4, operator_id = $5, login = $6, at = now() WHERE note_id = $1',
);

export const deleteNoteRow = statement('billing.deleteNote', 'DELETE FROM contract_note WHERE note_id = $1');

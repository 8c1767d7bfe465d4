import { badValue } from '../bad-value.ts';
import type { Binding } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteNote, findNote, saveNote } from '../save-note.ts';
import { type NoteRow, notesOf } from '../sql/notes.ts';

interface NoteBean {
  readonly id: number;
  readonly title: string | null;
  readonly comment: string | null;
  readonly visible: boolean;
}

const noteBean = ({ id, contractId, subject, text, visible, operatorId, at }: NoteRow): Record<string, unknown> => ({
  id,
  title: subject,
  contractId,
  dateTime: at,
  userId: operatorId ?? 0,
  visible,
  comment: text,
});

/** Notes on contracts (catalogue 4.1). */
export const contractNoteService: Binding = {
  service: 'ContractNoteService',
  operations: {
    /** `customer`: only what the customer may see. */
    async contractNoteList(call, { contractId, customer }: { contractId: number; customer: boolean }) {
      await findContract(call.db, call, contractId);
      return (await notesOf(call.db, contractId, customer)).map(noteBean);
    },
    contractNoteGet: async (call, { contractId, id }: { contractId: number; id: number }) =>
      noteBean(await findNote(call.db, call, id, contractId)),
    getContractNote: async (call, { contractNoteId }: { contractNoteId: number }) =>
      noteBean(await findNote(call.db, call, contractNoteId)),
    contractNoteDelete: (call, { contractId, id }: { contractId: number; id: number }) => deleteNote(call.tx, call, contractId, id),
    contractNoteUpdate(call, { contractId, contractNote: note }: { contractId: number; contractNote: NoteBean | null }) {
      if (!note) throw badValue('contractNote', 'the note is needed', 'не указано примечание');
      const { id, title, comment, visible } = note;
      return saveNote(call.tx, call, contractId, { id, subject: title ?? '', text: comment ?? '', visible });
    },
  },
};

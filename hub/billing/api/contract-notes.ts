import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { listNotes, type NoteRow } from '../list-notes.ts';
import { deleteNote, findNote, saveNote } from '../save-note.ts';
import { contractParams, idText, momentAnswer, textField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

export const noteAnswer = z.object({
  id: z.int(),
  subject: z.string(),
  text: z.string(),
  visible: z.boolean().meta({ description: 'The customer may see it' }),
  login: z.string().meta({ description: 'Who wrote it last' }),
  at: momentAnswer,
});

export const showNote = ({ id, subject, text, visible, login, at }: NoteRow): z.input<typeof noteAnswer> => ({
  id,
  subject,
  text,
  visible,
  login,
  at: at.toString(),
});

const subject = textField(500);
const text = textField(100_000);
const params = contractParams.extend({ note: idText });

/** Notes on a contract. */
export const contractNoteRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/notes',
    right: 'billing.read',
    summary: 'Notes on a contract, the newest first',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(noteAnswer),
    async handle({ params: { id }, query, caller }) {
      const page = await listNotes(database.work, await acts.of(caller), id, query);
      return { ...page, items: page.items.map(showNote) };
    },
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/notes',
    right: 'billing.write',
    summary: 'Write a note on a contract',
    params: contractParams,
    body: z.strictObject({ subject, text: text.default(''), visible: z.boolean().default(false) }),
    answer: noteAnswer,
    status: 201,
    handle: (call) =>
      changeOnce(acts, call, call.params.id, 201, async (tx, act) => {
        const { id } = call.params;
        const made = await saveNote(tx, act, id, call.body);
        return { answer: showNote(await findNote(tx, act, made, id)), location: `/api/v1/billing/contracts/${id}/notes/${made}` };
      }),
  }),
  route({
    method: 'PATCH',
    path: '/contracts/:id/notes/:note',
    right: 'billing.write',
    summary: 'Change a note; fields left out stay. Its author and time become those of the change',
    params,
    body: z.strictObject({ subject: subject.optional(), text: text.optional(), visible: z.boolean().optional() }),
    answer: noteAnswer,
    handle: ({ params: { id, note }, body, caller }) =>
      acts.change(caller, id, async (tx, act) => {
        const former = await findNote(tx, act, note, id);
        const { subject: title = former.subject, text: words = former.text, visible = former.visible } = body;
        await saveNote(tx, act, id, { id: note, subject: title, text: words, visible });
        return showNote(await findNote(tx, act, note, id));
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/notes/:note',
    right: 'billing.write',
    summary: 'Delete a note',
    params,
    handle: ({ params: { id, note }, caller }) => acts.change(caller, id, (tx, act) => deleteNote(tx, act, id, note)),
  }),
];

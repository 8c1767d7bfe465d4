import { badValue } from '../bad-value.ts';
import type { ActionArgs, ActionBinding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { markContract } from '../mark-contract.ts';
import { deleteNote, findNote, saveNote } from '../save-note.ts';
import { groupRows } from '../sql/groups.ts';
import { notesOf } from '../sql/notes.ts';
import { dateTimeText } from '../wire/texts.ts';

/** The group is `id`; where that is absent it is `value`. */
function mark(call: Call, args: ActionArgs, marked: boolean): Promise<void> {
  const group = args.int('id') ?? args.int('value');
  if (group === undefined) throw badValue('id', 'the group is needed', 'не указана группа');
  return markContract(call.tx, call, args.needInt('cid'), group, marked);
}

/** Groups and notes of a contract (catalogue 2.2). */
export const contractMarks: ActionBinding = {
  module: 'contract',
  actions: {
    async ContractGroup(call, args, out) {
      const { groups } = await findContract(call.db, call, args.needInt('cid'));
      const mask = BigInt(groups);
      const rows = (await groupRows(call.db)).filter(({ id, enabled }) => enabled || (mask >> BigInt(id)) & 1n);
      out.element('groups', { selected: groups }, (inside) => {
        for (const { id, title, notEditable } of rows) inside.element('group', { id, title, editable: !notEditable });
      });
    },
    UpdateContractGroup: (call, args) => mark(call, args, true),
    ClearContractGroup: (call, args) => mark(call, args, false),
    async ContractMemo(call, args, out) {
      const cid = args.needInt('cid');
      await findContract(call.db, call, cid);
      const rows = await notesOf(call.db, cid, false);
      out.table(rows.map(({ id, subject, at }) => ({ f0: id, f1: subject, f3: dateTimeText(at, call.settings.timeZone) })));
    },
    async GetContractMemo(call, args, out) {
      const { subject, visible, text } = await findNote(call.db, call, args.needInt('id'));
      out.element('comment', { subject, visibled: visible }, (inside) => {
        for (const line of text.split(/\r\n|\r|\n/)) inside.element('row', {}, line);
      });
    },
    async UpdateContractMemo(call, args) {
      const id = args.rowId('id');
      await saveNote(call.tx, call, args.needInt('cid'), {
        ...(id !== undefined && { id }),
        subject: args.text('subject') ?? '',
        text: args.text('comment') ?? '',
        visible: args.flag('visibled') ?? false,
      });
    },
    DeleteContractMemo: (call, args) => deleteNote(call.tx, call, args.needInt('cid'), args.needInt('id')),
  },
};

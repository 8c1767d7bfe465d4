import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { Queryable } from '../../core/database/statement.ts';
import type { StoredEvent } from '../../core/events/subscribe.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';
import { showFile } from '../list-files.ts';
import { showGroup } from '../list-groups.ts';
import { showList } from '../list-lists.ts';
import { showMessage } from '../list-messages.ts';
import { showLocalPerson } from '../list-people.ts';
import { showTask } from '../list-tasks.ts';
import type { LocalPerson } from '../person-row.ts';
import { fileLine } from './codec/lines/file-lines.ts';
import { folderLine } from './codec/lines/folder-lines.ts';
import { endLine } from './codec/lines/frame.ts';
import { idLine, idsLine, membersLine } from './codec/lines/id-lines.ts';
import { messageLine } from './codec/lines/message-lines.ts';
import { personLines, personWords } from './codec/lines/person-lines.ts';
import { taskLine } from './codec/lines/task-lines.ts';
import type { PushAbout } from './outbox.ts';

/** An edit as it is pushed to MONITORING 8: bytes for those who may see PINs, and for those who may not. */
export interface EditPush {
  readonly open: Uint8Array;
  readonly masked: Uint8Array;
  readonly about: PushAbout;
}

/** Events that may be edits. */
const EDIT = /^vestnik\.alerts\.(group|list|person|message|file|task)\.(added|changed|deleted|joined|members-changed|cleared)$/;
const MEMBERS = [
  ['added_people', 'LISTADDABONENTS'],
  ['added_groups', 'LISTADDGROUPS'],
  ['removed_people', 'LISTDELABONENTS'],
  ['removed_groups', 'LISTDELGROUPS'],
] as const;

const idsIn = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : []);
/** ADD..., UPDATE... or DEL... of a thing. */
const commandOf = (done: string, thing: string): string =>
  `${done === 'added' ? 'ADD' : done === 'changed' ? 'UPDATE' : 'DEL'}${thing === 'person' ? 'ABONENT' : thing.toUpperCase()}`;

export const isEdit = (type: string): boolean => EDIT.test(type);

/**
 * The line or block by which a session that made this edit would have been answered, as the thing is now (specification of alerts 3.12.5).
 * @returns undefined for what no command does, or when the thing is gone by now
 * @throws what the database throws
 */
export async function pushOfEdit(db: Queryable, act: Act, out: LineWriter, { type, data }: StoredEvent): Promise<EditPush | undefined> {
  const [, thing = '', done = ''] = EDIT.exec(type) ?? [];
  const id = Number(data[`${thing}_id`]);
  const one = (): EditPush => {
    const bytes = out.take().slice();
    // What a task is like is told once, by the last line; that it came or went is a line of its own.
    const about = thing === 'task' ? { task: id, ...(done === 'changed' && { key: id }) } : {};
    return { open: bytes, masked: bytes, about };
  };
  const name = commandOf(done, thing);
  if (thing === 'list' && done === 'members-changed') {
    for (const [field, command] of MEMBERS) {
      const ids = idsIn(data[field]);
      if (ids.length > 0) membersLine(out, command, id, ids);
    }
    return one();
  }
  if (done === 'cleared') idLine(out, 'LISTCLEAR', id);
  else if (done === 'joined') membersLine(out, 'GROUPADDABONENTS', id, idsIn(data['people']));
  else if (done === 'deleted') {
    if (thing === 'file') return undefined;
    if (thing === 'person') idsLine(out, 'DELABONENTS', [id]);
    else idLine(out, name, id);
  } else if (thing === 'group' || thing === 'list') {
    const folder = await (thing === 'group' ? showGroup(db, id) : showList(db, id));
    folderLine(out, name, 'OK', folder);
  } else if (thing === 'message') messageLine(out, name, 'OK', await showMessage(db, id));
  else if (thing === 'file') {
    const file = await showFile(db, String(data['name']));
    fileLine(out, 'SENDRAWFILE', 'OK', file);
  } else if (thing === 'task') taskLine(out, name, 'OK', await showTask(db, act, id));
  else {
    const person = await showLocalPerson(db, { ...act, caller: SYSTEM }, id);
    const words = personWords(name, 'OK');
    const block = (shown: LocalPerson): Uint8Array => {
      personLines(out, words, shown);
      endLine(out, name);
      return out.take().slice();
    };
    return { open: block(person), masked: block({ ...person, pin: '' }), about: {} };
  }
  return one();
}

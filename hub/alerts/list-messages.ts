import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import type { MessageType } from './kinds.ts';
import { listCursor } from './list-cursor.ts';
import type { MessageView } from './message.ts';
import { isId, refusal } from './refusals.ts';
import { type MessageRow, messageById, messagePage } from './sql/messages.ts';

const messageView = (row: MessageRow): MessageView => ({
  id: row.id,
  type: row.type as MessageType,
  name: row.name,
  file: row.file,
  voice: row.voice,
  text: row.text,
  length_ms: row.lengthMs,
  version: row.version,
  created_at: row.createdAt.toString(),
  changed_at: row.changedAt.toString(),
});

/** Messages in the order of their ids. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listMessages(
  db: Queryable,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<MessageView>> {
  const rows = await messagePage(db, listCursor.idOf(after), limit + 1);
  return pageOf(rows.map(messageView), limit, ({ id }) => listCursor.after(id));
}

/** @throws HubError NOT_FOUND `unknown_message` */
export async function showMessage(db: Queryable, id: number): Promise<MessageView> {
  const [row] = isId(id) ? await messageById(db, id) : [];
  if (!row) throw refusal('unknown_message', id);
  return messageView(row);
}

import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { refusal } from './refusals.ts';
import { isFileName } from './sound.ts';
import { type FileRow, fileByName, fileContent, filePage } from './sql/files.ts';

export interface FileView {
  readonly name: string;
  readonly size: number;
  /** Of its sound, milliseconds. */
  readonly length_ms: number | null;
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly created_at: string;
  readonly created_by: string;
}

const fileView = (row: FileRow): FileView => ({
  name: row.name,
  size: row.size,
  length_ms: row.lengthMs,
  sha256: row.sha256.toString('hex'),
  created_at: row.createdAt.toString(),
  created_by: row.createdBy,
});

/** Names are their own cursors, in base64url. */
const cursorOf = (name: string): string => Buffer.from(name).toString('base64url');
function nameOf(cursor: string | undefined): string {
  if (cursor === undefined) return '';
  const name = Buffer.from(cursor, 'base64url').toString();
  if (isFileName(name) && cursorOf(name) === cursor) return name;
  throw new HubError('BAD_REQUEST', 'after: this is no cursor that a list of files answered; leave it out for the first page', {
    reason: 'cursor',
    russian: 'after: это не курсор из ответа списка; без него список начинается сначала',
  });
}

/** Files in the order of their names. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listFiles(
  db: Queryable,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<FileView>> {
  const rows = await filePage(db, nameOf(after), limit + 1);
  return pageOf(rows.map(fileView), limit, ({ name }) => cursorOf(name));
}

/** @throws HubError NOT_FOUND `unknown_file` */
export async function showFile(db: Queryable, name: string): Promise<FileView> {
  const [row] = isFileName(name) ? await fileByName(db, name) : [];
  if (!row) throw refusal('unknown_file', name);
  return fileView(row);
}

/** A file with its bytes as they were received. Each reading is audited (specification of alerts 8.3.5). @throws HubError NOT_FOUND `unknown_file` */
export async function readFile(
  tx: Transaction,
  act: Pick<Act, 'caller'>,
  name: string,
): Promise<{ readonly file: FileView; readonly content: Buffer }> {
  const [row] = isFileName(name) ? await fileContent(tx, name) : [];
  if (!row) throw refusal('unknown_file', name);
  await audit(tx, act.caller, { action: 'alerts.file.read', object: name });
  return { file: fileView(row), content: row.content };
}

import { createHash } from 'node:crypto';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { checkOpen, holdOrder, needOrder } from './find-trip.ts';
import type { Upload } from './order-file.ts';
import { settleChange } from './settle-change.ts';
import { deleteFileRow, type FileRow, fileBody, insertFile } from './sql/files.ts';

export type { FileRow };

const noFile = (order: number, file: number): HubError =>
  new HubError('NOT_FOUND', `order ${order} has no file ${file}`, { reason: 'not_found', russian: `у заказа ${order} нет файла ${file}` });

/**
 * Stores the files of one call, with one event for all of them (spec 2.7). A canceled order takes them, too: a receipt of a refund.
 * @throws HubError NOT_FOUND, CONFLICT `trip_state`.
 */
export async function addFiles(
  tx: Transaction,
  caller: Caller,
  { id, files }: { readonly id: number; readonly files: readonly Upload[] },
): Promise<FileRow[]> {
  const held = await holdOrder(tx, caller, id, 'travel.write');
  checkOpen(held, held.order, []);
  const stored: FileRow[] = [];
  for (const { kind, name, size, parts } of files) {
    const body = Buffer.concat(parts);
    const sha256 = createHash('sha256').update(body).digest();
    const [row] = await insertFile(tx, id, kind, name, size, sha256, body, caller.login);
    if (row) stored.push(row);
  }
  await settleChange(tx, caller, held, {
    action: 'add_files',
    object: `order/${id}`,
    orders: [{ before: held.order, after: held.order, filesAdded: stored.map(({ name }) => name) }],
    audited: { after: { files: stored.map(({ id_File, kind, name, sha256 }) => ({ id_File, kind, name, sha256 })) } },
  });
  return stored;
}

/** A file with its bytes. @throws HubError NOT_FOUND, also for a foreign order. */
export async function readFile(
  db: Queryable,
  caller: Caller,
  { id, file }: { readonly id: number; readonly file: number },
): Promise<FileRow & { body: Buffer }> {
  await needOrder(db, caller, id, 'travel.read');
  const [row] = await fileBody(db, id, file);
  if (!row) throw noFile(id, file);
  return row;
}

/** Deletes a file. No callback tells of it (spec 2.7). @throws HubError NOT_FOUND, CONFLICT `trip_state`. */
export async function deleteFile(
  tx: Transaction,
  caller: Caller,
  { id, file }: { readonly id: number; readonly file: number },
): Promise<void> {
  const held = await holdOrder(tx, caller, id, 'travel.write');
  checkOpen(held, held.order, []);
  const [row] = await deleteFileRow(tx, id, file);
  if (!row) throw noFile(id, file);
  await settleChange(tx, caller, held, {
    action: 'delete_file',
    object: `order/${id}`,
    orders: [{ before: held.order, after: held.order }],
    audited: { before: { id_File: row.id_File, kind: row.kind, name: row.name, sha256: row.sha256 } },
  });
}

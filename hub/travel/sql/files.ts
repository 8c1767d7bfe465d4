import { statement } from '../../core/database/statement.ts';

/** A file of an order, without its bytes. */
export interface FileRow {
  readonly id_File: number;
  readonly id_Reserve: number;
  readonly kind: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly created_at: Temporal.Instant;
}

const COLUMNS = `file_id AS "id_File", order_id AS "id_Reserve", kind, name, size, encode(sha256, 'hex') AS sha256, created_at`;

export const insertFile = statement<FileRow>(
  'travel.file.insert',
  `INSERT INTO travel_file (order_id, kind, name, size, sha256, body, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
);

export const filesOf = statement<FileRow>(
  'travel.file.ofOrders',
  `SELECT ${COLUMNS} FROM travel_file WHERE order_id = ANY($1::bigint[]) ORDER BY file_id`,
);

export const fileBody = statement<FileRow & { body: Buffer }>(
  'travel.file.body',
  `SELECT ${COLUMNS}, body FROM travel_file WHERE order_id = $1 AND file_id = $2`,
);

export const deleteFileRow = statement<FileRow>(
  'travel.file.delete',
  `DELETE FROM travel_file WHERE order_id = $1 AND file_id = $2 RETURNING ${COLUMNS}`,
);

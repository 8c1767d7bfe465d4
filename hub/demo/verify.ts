import type { Database } from '../core/database/database.ts';
import { run } from '../core/database/statement.ts';

/** What comparing mailboxes with folders found. */
export interface Verdict {
  readonly messages: number;
  readonly files: number;
  /** Messages without a file. */
  readonly lost: number;
  /** Files beyond one a message, also such that belong to no message. */
  readonly doubled: number;
  /** Files whose bytes are not those of the document. */
  readonly damaged: number;
}

/** The sequence in a default file name, `20261122-140500-000001042-...`. */
const sequenceOf = (file: string): number => Number(/^\d{8}-\d{6}-(\d+)-/.exec(file)?.[1] ?? -1);

/**
 * Compares every message that was ever queued for each client with the files of its folder.
 * @param folders digests are SHA-256 in hex by file name.
 */
export async function verifyFolders(
  database: Database,
  folders: readonly { client: string; digests: ReadonlyMap<string, string> }[],
): Promise<Verdict> {
  const verdict = { messages: 0, files: 0, lost: 0, doubled: 0, damaged: 0 };
  for (const { client, digests } of folders) {
    const { rows } = await run<{ seq: number; sha256: string }>(
      database.work,
      `SELECT m.seq, encode(d.sha256, 'hex') AS sha256
       FROM (SELECT client_id, seq, document_id FROM ticket_message UNION ALL SELECT client_id, seq, document_id FROM ticket_history) m
       JOIN ticket_client c USING (client_id) JOIN ticket_document d USING (document_id) WHERE c.name = $1`,
      [client],
    );
    const bySequence = Map.groupBy(digests.keys(), sequenceOf);
    verdict.messages += rows.length;
    verdict.files += digests.size;
    for (const { seq, sha256 } of rows) {
      const files = bySequence.get(seq) ?? [];
      if (files.length === 0) verdict.lost += 1;
      verdict.doubled += Math.max(0, files.length - 1);
      verdict.damaged += files.filter((file) => digests.get(file) !== sha256).length;
      bySequence.delete(seq);
    }
    for (const strangers of bySequence.values()) verdict.doubled += strangers.length;
  }
  return verdict;
}

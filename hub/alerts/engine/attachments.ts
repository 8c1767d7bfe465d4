import type { Queryable } from '../../core/database/statement.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import type { Order } from '../channels/driver.ts';
import type { Frozen } from '../run.ts';
import { contentBySha256 } from '../sql/files.ts';

/** What mails of a run carry besides their text: its sound, or nothing. */
type AttachmentsOf = (run: Pick<Frozen, 'attachment'>) => Promise<Order['attachments']>;

const notes = notesOf('alerts.attachments');
const NONE: Order['attachments'] = [];
/** Octets of sounds that are kept in mind; the one read last is kept whatever its size. */
const MOST_KEPT = 64 * 1024 * 1024;
const WAVE = /\.wav$/i;

/**
 * Reads the sounds of runs, each once for all the mails that carry it. One that is gone, which the product itself never lets happen, is noted, and the mail goes without
 * it: what counts is that people are told.
 * @throws what the database throws
 */
export function createAttachments(db: Queryable): AttachmentsOf {
  const kept = new Map<string, Promise<Buffer | undefined>>();
  /** Of those that have been read, in the order in which they were. */
  const sizes = new Map<string, number>();

  function forgetOldest(except: string): void {
    let sum = [...sizes.values()].reduce((all, size) => all + size, 0);
    for (const [sha256, size] of sizes) {
      if (sum <= MOST_KEPT) return;
      if (sha256 === except) continue;
      kept.delete(sha256);
      sizes.delete(sha256);
      sum -= size;
    }
  }
  async function read(name: string, sha256: string): Promise<Buffer | undefined> {
    try {
      const [row] = await contentBySha256(db, sha256);
      if (!row) notes.error('the sound of a run is gone, its mails go without it', { file: name });
      sizes.set(sha256, row?.content.length ?? 0);
      forgetOldest(sha256);
      return row?.content;
    } catch (error) {
      kept.delete(sha256);
      throw error;
    }
  }
  return async ({ attachment }) => {
    if (!attachment) return NONE;
    const { name, sha256 } = attachment;
    const reading = kept.get(sha256) ?? read(name, sha256);
    kept.set(sha256, reading);
    const content = await reading;
    return content ? [{ name: WAVE.test(name) ? name : `${name}.wav`, type: 'audio/wav', content }] : NONE;
  };
}

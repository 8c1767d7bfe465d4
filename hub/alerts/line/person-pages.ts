import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { Queryable } from '../../core/database/statement.ts';
import { allows } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';
import { localPeople } from '../person-row.ts';
import { LOCAL_PEOPLE } from '../sql/people.ts';
import { personDigests } from '../sql/person-digests.ts';
import { personWords, writePerson } from './write-person.ts';

/**
 * The lines of the whole directory as GETABONENTS sends them, kept encoded, because every client reads all of it when it connects, and it rarely changes.
 *
 * A page (people of a range of ids) is unknown -> read and kept, under a digest of its rows that was taken before -> sent as long as the database has that digest -> its
 * rows have changed: read anew. What is kept is bounded; when there is no room, pages are read each time, and those that nobody has used for long make room.
 */
export interface PersonPages {
  /** All people in the order of their ids, in pieces of whole lines, as this caller may see them. */
  all(db: Queryable, act: Act): AsyncGenerator<Uint8Array>;
  /** Bytes that are kept. */
  readonly bytes: number;
}

const WORDS = personWords('GETABONENTS', 'DATA');
/** Ids of one page. */
const IDS = 512;
const MOST_BYTES = 32 * 1024 * 1024;
/** After so long without use a page makes room for another. Milliseconds. */
const LONG_UNUSED = 600_000;

interface Kept {
  readonly digest: string;
  readonly bytes: Uint8Array;
  usedAt: number;
}

/** @param mostBytes that are kept. (Default: 32 MiB) */
export function createPersonPages(mostBytes = MOST_BYTES): PersonPages {
  const pages = new Map<string, Kept>();
  const reading = new Map<string, Promise<Uint8Array>>();
  let bytes = 0;

  const drop = (key: string): void => {
    bytes -= pages.get(key)?.bytes.length ?? 0;
    pages.delete(key);
  };
  const keep = (key: string, digest: string, content: Uint8Array): void => {
    drop(key);
    const now = performance.now();
    if (bytes + content.length > mostBytes) for (const [other, { usedAt }] of pages) if (now - usedAt > LONG_UNUSED) drop(other);
    if (bytes + content.length > mostBytes) return;
    pages.set(key, { digest, bytes: content, usedAt: now });
    bytes += content.length;
  };

  const read = async (db: Queryable, act: Act, sees: boolean, page: number, people: number): Promise<Uint8Array> => {
    const rows = await LOCAL_PEOPLE.all(db, page * IDS - 1, people, act.settings.zone, null, null);
    const toLocal = localPeople(act, sees);
    const out = new LineWriter(256 * rows.length + 1_024);
    // Where some have gone since the digest was taken, rows of the next page have moved up.
    for (const row of rows) if (row.id < (page + 1) * IDS) writePerson(out, WORDS, toLocal(row));
    return out.take().slice();
  };

  return {
    get bytes() {
      return bytes;
    },
    async *all(db, act) {
      const sees = allows(act.caller, 'alerts.directory');
      const digests = await personDigests(db, IDS);
      const ask = (at: number): Uint8Array | Promise<Uint8Array> | undefined => {
        const wanted = digests[at];
        if (!wanted) return undefined;
        const key = `${act.settings.zone} ${sees} ${wanted.page}`;
        const digest = `${wanted.people} ${wanted.digest}`;
        const kept = pages.get(key);
        if (kept?.digest === digest) {
          kept.usedAt = performance.now();
          return kept.bytes;
        }
        const flight = `${key} ${digest}`;
        const under = reading.get(flight);
        if (under) return under;
        const fresh = read(db, act, sees, wanted.page, wanted.people)
          .then((content) => {
            keep(key, digest, content);
            return content;
          })
          .finally(() => reading.delete(flight));
        reading.set(flight, fresh);
        // Whoever takes no more does not wait for it.
        fresh.catch(() => undefined);
        return fresh;
      };
      let coming = ask(0);
      for (let at = 1; coming !== undefined; at += 1) {
        const content: Uint8Array = await coming;
        coming = ask(at);
        yield content;
      }
    },
  };
}

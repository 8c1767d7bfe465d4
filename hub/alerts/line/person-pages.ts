import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { Queryable } from '../../core/database/statement.ts';
import { allows } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';
import { type PeopleFilter, streamPeople } from '../list-people.ts';
import { isId } from '../refusals.ts';
import { localPeopleBetween } from '../sql/people.ts';
import { type PersonDigest, personDigests } from '../sql/person-digests.ts';
import { peopleWrittenSince, presentSnapshot } from '../sql/person-writes.ts';
import { personLines, personWords } from './codec/lines/person-lines.ts';
import { createListMembers } from './list-members.ts';
import { linesOf, PAGE_IDS, type PersonPage, sizeOf, writePage } from './person-page.ts';

/**
 * The directory as GETABONENTS sends it, kept encoded, because every client reads it when it connects, and it rarely changes.
 *
 * A page (people of a range of ids) is unknown -> read and kept, under a digest of its rows that was taken before -> sent, as long as the database has that digest ->
 * its rows have changed: read anew, or gone. What is kept is bounded; where there is no room a page is read each time.
 *
 * Looking at all digests is a pass: by a listing of everybody, or in the background (warm-people.ts). When all pages are kept after one, they are a book: true of the
 * snapshot that was taken before the pass, and of each later one in which nobody has written people since. A listing of whatever filter is taken from the book, once the
 * database has said so. Without a book -> a listing of everybody is a pass, one of a filter is read. What a listing sends is never older than its beginning.
 */
export interface PersonPages {
  /** The lines of the people of a filter in the order of their ids, in pieces, as this caller may see them. The bytes must not be changed. */
  listing(db: Queryable, act: Act, filter: PeopleFilter): AsyncGenerator<Uint8Array>;
  /**
   * Reads what is not kept, or has changed. Ends early when there is no more room.
   * @param rest called after each page that was read, with the milliseconds that it took; false ends the pass
   */
  warm(db: Queryable, act: Act, rest: (took: number) => Promise<boolean>): Promise<void>;
  /** The book is not to be believed any more: the server behind the connections may be another one. */
  distrust(): void;
  /** Whether everybody is kept, as far as is known. */
  readonly complete: boolean;
  /** Bytes of memory that are kept. */
  readonly bytes: number;
}

export interface PersonPagesOptions {
  /** Bytes that are kept at most. */
  readonly mostBytes: number;
  /** Whether the connection stands on which a change of the database server would be noticed. */
  readonly trusted: () => boolean;
  /** Called when a listing found no book that is true. */
  readonly missed?: () => void;
  /** How many milliseconds a book is believed that nobody has looked at: marks of writers are kept for longer. (Default: an hour) */
  readonly oldest?: number;
}

const OLDEST = 3_600_000;
const WORDS = personWords('GETABONENTS', 'DATA');

interface Kept {
  readonly digest: string;
  readonly page: PersonPage;
  readonly size: number;
  /** In which order reads were begun: an earlier one never takes the place of a later one. */
  readonly turn: number;
}

interface Book {
  /** In which order passes were begun. */
  readonly pass: number;
  readonly numbers: readonly number[];
  snapshot: string;
  checkedAt: number;
}

/** People of a range, and whether they are kept. */
interface Found {
  readonly page: PersonPage;
  readonly kept: boolean;
}

export function createPersonPages({ mostBytes, trusted, missed, oldest = OLDEST }: PersonPagesOptions): PersonPages {
  const kept = new Map<number, Kept>();
  const reading = new Map<string, Promise<Found>>();
  const membersOf = createListMembers();
  let bytes = 0;
  let turns = 0;
  let passes = 0;
  let era = 0;
  let book: Book | undefined;

  const drop = (number: number): void => {
    bytes -= kept.get(number)?.size ?? 0;
    kept.delete(number);
  };
  const keep = (number: number, fresh: Kept): boolean => {
    const present = kept.get(number);
    if (present && present.turn > fresh.turn) return true;
    drop(number);
    if (bytes + fresh.size > mostBytes) return false;
    kept.set(number, fresh);
    bytes += fresh.size;
    return true;
  };
  const readRange = async (db: Queryable, act: Act, number: number): Promise<PersonPage> => {
    const first = number * PAGE_IDS;
    return writePage(act, await localPeopleBetween(db, first, first + PAGE_IDS - 1, act.settings.zone));
  };

  /** The page of a digest that the database has just told. */
  const pageOf = (db: Queryable, act: Act, { page: number, people, digest: rows }: PersonDigest): Found | Promise<Found> => {
    const digest = `${people} ${rows}`;
    const present = kept.get(number);
    if (present?.digest === digest) return { page: present.page, kept: true };
    const flight = `${number} ${digest}`;
    const under = reading.get(flight);
    if (under) return under;
    turns += 1;
    const turn = turns;
    const fresh = readRange(db, act, number)
      .then((page) => ({ page, kept: keep(number, { digest, page, size: sizeOf(page), turn }) }))
      .finally(() => reading.delete(flight));
    reading.set(flight, fresh);
    // Whoever takes no more does not wait for it.
    fresh.catch(() => undefined);
    return fresh;
  };

  /** A pass that is going on: what it has seen becomes the book when it ends. */
  const beginPass = async (db: Queryable) => {
    passes += 1;
    const pass = passes;
    const began = era;
    const checkedAt = performance.now();
    const [now] = await presentSnapshot(db);
    const numbers: number[] = [];
    let complete = true;
    return {
      saw(number: number, found: Found) {
        numbers.push(number);
        complete &&= found.kept;
      },
      get complete() {
        return complete;
      },
      end() {
        if (book && book.pass > pass) return;
        const seen = new Set(numbers);
        for (const number of kept.keys()) if (!seen.has(number)) drop(number);
        book = complete && now && began === era ? { pass, numbers, snapshot: now.snapshot, checkedAt } : undefined;
      },
    };
  };

  /** The book, when the database says that it is true at this moment. */
  const trueBook = async (db: Queryable): Promise<Book | undefined> => {
    const asked = book;
    const askedAt = performance.now();
    if (!asked || !trusted() || askedAt - asked.checkedAt > oldest) return undefined;
    const [answer] = await peopleWrittenSince(db, asked.snapshot);
    if (!answer || answer.written || book !== asked) return undefined;
    asked.snapshot = answer.snapshot;
    asked.checkedAt = askedAt;
    return asked;
  };

  /** Everybody, page by page; the next page is read while the present one is used. */
  async function* pagesInPass(db: Queryable, act: Act): AsyncGenerator<PersonPage> {
    const pass = await beginPass(db);
    let before: { number: number; found: Found | Promise<Found> } | undefined;
    const taken = async (one: NonNullable<typeof before>): Promise<PersonPage> => {
      const found = await one.found;
      pass.saw(one.number, found);
      return found.page;
    };
    for await (const digest of personDigests(db, PAGE_IDS)) {
      const present = before;
      before = { number: digest.page, found: pageOf(db, act, digest) };
      if (present) yield await taken(present);
    }
    if (before) yield await taken(before);
    pass.end();
  }

  /** The pages of a book. A page that has made room meanwhile is read. */
  async function* pagesOf(db: Queryable, act: Act, { numbers }: Book): AsyncGenerator<PersonPage> {
    for (const number of numbers) yield kept.get(number)?.page ?? (await readRange(db, act, number));
  }

  return {
    get bytes() {
      return bytes;
    },
    get complete() {
      return book !== undefined;
    },
    distrust() {
      era += 1;
      book = undefined;
    },
    async *listing(db, act, filter) {
      const { groupId: group, listId: list } = filter;
      if ((group !== undefined && !isId(group)) || (list !== undefined && !isId(list))) return;
      const pins = allows(act.caller, 'alerts.directory');
      const found = await trueBook(db);
      if (!found) missed?.();
      if (found || (group === undefined && list === undefined)) {
        const ids = list === undefined ? undefined : await membersOf(db, list);
        for await (const page of found ? pagesOf(db, act, found) : pagesInPass(db, act)) {
          const lines = linesOf(page, { group, ids, pins });
          if (lines.length > 0) yield lines;
        }
        return;
      }
      const out = new LineWriter();
      for await (const people of streamPeople(db, act, filter)) {
        for (const person of people) personLines(out, WORDS, person);
        yield out.take();
      }
    },
    async warm(db, act, rest) {
      if (await trueBook(db)) return;
      const pass = await beginPass(db);
      for await (const digest of personDigests(db, PAGE_IDS)) {
        const began = performance.now();
        const asked = pageOf(db, act, digest);
        const found = await asked;
        pass.saw(digest.page, found);
        if (!pass.complete || (asked !== found && !(await rest(performance.now() - began)))) return;
      }
      pass.end();
    },
  };
}

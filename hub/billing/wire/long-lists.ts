import { LongList } from '../catalogue/long-list.ts';
import { PORTION } from '../portions.ts';

/** The text of an answer: the whole, or its beginning and what follows. */
export interface AnswerText {
  readonly body: string;
  readonly rest?: AsyncIterable<string>;
}

/** Writes rows of a list. @param first none of them is written yet */
type WriteRows = (rows: readonly unknown[], first: boolean) => string;

/** Keeps the place of the long list in an answer until its rows are written. No text of an answer has this character: `cleanText` takes it out. */
const PLACE = '\0';

/**
 * Lets a writer, which puts an answer together as one text, leave the rows of a long list for later: the answer is sent from its beginning while the rows
 * are read and written a portion at a time. A plain list that is long is written so, too.
 */
export interface LongLists {
  /** What stands for a list: its place, when it is long and the first such of the answer; undefined: it is written as it is. */
  defer(list: unknown, write: WriteRows): string | undefined;
  /** @param write puts the answer together */
  answer(write: () => string): AnswerText;
}

export function createLongLists(): LongLists {
  let open = false;
  let found: { readonly list: LongList; readonly write: WriteRows } | undefined;
  return {
    defer(list, write) {
      const long = list instanceof LongList ? list : open && Array.isArray(list) && list.length > PORTION ? longOf(list) : undefined;
      if (!long || (found && Array.isArray(list))) return undefined;
      if (!open || found) throw new Error('a list in portions stands where it cannot be sent');
      found = { list: long, write };
      return PLACE;
    },
    answer(write) {
      open = true;
      try {
        const text = write();
        if (!found) return { body: text };
        const { list, write: writeRows } = found;
        open = false;
        const at = text.indexOf(PLACE);
        const tail = text.slice(at + 1);
        return {
          body: text.slice(0, at) + writeRows(list.first, true),
          rest: restOf(list, writeRows, tail),
        };
      } finally {
        open = false;
        found = undefined;
      }
    },
  };
}

function longOf(list: LongList['first']): LongList {
  async function* rest(): AsyncGenerator<LongList['first']> {
    for (let from = PORTION; from < list.length; from += PORTION) yield list.slice(from, from + PORTION);
  }
  return new LongList(list.slice(0, PORTION), rest);
}

async function* restOf({ first, rest }: LongList, write: WriteRows, tail: string): AsyncGenerator<string> {
  let none = first.length === 0;
  for await (const rows of rest()) {
    if (rows.length === 0) continue;
    yield write(rows, none);
    none = false;
  }
  yield tail;
}

import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { Act } from '../act.ts';
import { type LocalPersonRow, localPeople } from '../person-row.ts';
import { copyWithoutPin, personLines, personWords } from './codec/lines/person-lines.ts';

/** The people of a range of ids as GETABONENTS sends them, encoded, with what tells whose lines are where. */
export interface PersonPage {
  /** In their order. */
  readonly ids: Int32Array;
  readonly groups: Int32Array;
  /** Where the lines of each person begin, and the end of the last. */
  readonly begins: Int32Array;
  readonly bytes: Uint8Array;
  /** Whether somebody has a PIN. */
  readonly pins: boolean;
}

/** Ids of one page. */
export const PAGE_IDS = 512;

const WORDS = personWords('GETABONENTS', 'DATA');
/** Bytes of one person, usually. */
const USUAL = 256;

/** Encodes people with their PINs. @param rows in the order of their ids */
export function writePage(act: Act, rows: readonly LocalPersonRow[]): PersonPage {
  const toLocal = localPeople(act, true);
  const out = new LineWriter(USUAL * rows.length + 1_024);
  const ids = new Int32Array(rows.length);
  const groups = new Int32Array(rows.length);
  const begins = new Int32Array(rows.length + 1);
  let pins = false;
  for (const [at, row] of rows.entries()) {
    ids[at] = row.id;
    groups[at] = row.groupId;
    begins[at] = out.length;
    const person = toLocal(row);
    pins ||= person.pin !== '';
    personLines(out, WORDS, person);
  }
  begins[rows.length] = out.length;
  return { ids, groups, begins, bytes: out.take().slice(), pins };
}

/** Bytes of memory that a page takes. */
export const sizeOf = ({ bytes, ids }: PersonPage): number => bytes.length + 12 * ids.length + 512;

/** Whose lines are wanted. */
export interface PageWish {
  /** Only people of this group. */
  readonly group?: number | undefined;
  /** Only these people; in the order of their ids. */
  readonly ids?: Int32Array | undefined;
  /** Whether PINs are shown. */
  readonly pins: boolean;
}

/** Where an id stands in ids that are in their order, or would stand. */
function placeOf(ids: Int32Array, id: number): number {
  let low = 0;
  for (let high = ids.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The lines of those who are wanted, in the order of their ids. The bytes may be the page's own and must not be changed. */
export function linesOf(page: PersonPage, { group, ids, pins }: PageWish): Uint8Array {
  const hide = page.pins && !pins;
  if (group === undefined && ids === undefined && !hide) return page.bytes;
  const runs = wantedRuns(page, group, ids);
  if (hide) return copyRuns(page, runs, copyWithoutPin);
  if (runs.length === 2) return page.bytes.subarray(page.begins[runs[0] as number], page.begins[runs[1] as number]);
  return copyRuns(page, runs, undefined);
}

/** Places of people: those of each run of neighbours, its first and the one behind its last. */
function wantedRuns(page: PersonPage, group: number | undefined, wanted: Int32Array | undefined): number[] {
  const { ids, groups } = page;
  const runs: number[] = [];
  let place = wanted && ids.length > 0 ? placeOf(wanted, ids[0] as number) : 0;
  for (let at = 0; at < ids.length; at += 1) {
    if (wanted) {
      while (place < wanted.length && (wanted[place] as number) < (ids[at] as number)) place += 1;
      if (place === wanted.length) break;
      if (wanted[place] !== ids[at]) continue;
    }
    if (group !== undefined && groups[at] !== group) continue;
    if (runs.length > 0 && runs[runs.length - 1] === at) runs[runs.length - 1] = at + 1;
    else runs.push(at, at + 1);
  }
  return runs;
}

/** Copies the lines of one person, from `begin` to `end`, to `at`. @returns the place behind them */
type CopyLines = (from: Uint8Array, begin: number, end: number, to: Uint8Array, at: number) => number;

function copyRuns({ bytes, begins }: PersonPage, runs: readonly number[], copy: CopyLines | undefined): Uint8Array {
  let size = 0;
  for (let run = 0; run < runs.length; run += 2)
    size += (begins[runs[run + 1] as number] as number) - (begins[runs[run] as number] as number);
  const copied = new Uint8Array(size);
  let at = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const [first, behind] = [runs[run] as number, runs[run + 1] as number];
    if (copy) {
      for (let person = first; person < behind; person += 1)
        at = copy(bytes, begins[person] as number, begins[person + 1] as number, copied, at);
    } else {
      copied.set(bytes.subarray(begins[first], begins[behind]), at);
      at += (begins[behind] as number) - (begins[first] as number);
    }
  }
  return copied.subarray(0, at);
}

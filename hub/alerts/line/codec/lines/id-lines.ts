import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { writeIds } from '../ids.ts';
import { headOf } from './frame.ts';

/** Answers what was done to one thing: `<id>`. */
export function idLine(out: LineWriter, name: string, id: number): void {
  headOf(out, name, 'OK').number(id).end();
}

/** Answers what was done to several: `<ids>`. */
export function idsLine(out: LineWriter, name: string, ids: readonly number[]): void {
  headOf(out, name, 'OK').text(writeIds(ids)).end();
}

/** Answers what was put into a group or list, or taken out of it: `<id> <ids>`. */
export function membersLine(out: LineWriter, name: string, id: number, ids: readonly number[]): void {
  headOf(out, name, 'OK').number(id).text(writeIds(ids)).end();
}

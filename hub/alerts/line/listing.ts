import type { Page } from '../../core/http/page.ts';
import type { LineCall } from './call.ts';

/** Rows that are asked for at once. */
const PORTION = 1_000;

/** Writes the lines of a listing page by page; the next page is asked for when the peer has taken enough of the last (specification of alerts 2.23). */
export async function writePages<T>(
  call: LineCall,
  ask: (wish: { after: string | undefined; limit: number }) => Promise<Page<T>>,
  write: (item: T) => void,
): Promise<void> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await ask({ after, limit: PORTION });
    for (const item of items) write(item);
    const full = call.piece();
    if (full) await full;
    if (next === null) return;
    after = next;
  }
}

/** Everything of a list whose number of lines must be told before the first of them. */
export async function readPages<T>(ask: (wish: { after: string | undefined; limit: number }) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await ask({ after, limit: PORTION });
    found.push(...items);
    if (next === null) return found;
    after = next;
  }
}

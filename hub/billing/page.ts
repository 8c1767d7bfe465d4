import { HubError } from '../core/errors.ts';
import { badValue } from './bad-value.ts';
import type { BillingSettings } from './settings.ts';

/** Which rows of a list are wanted: pages count from 1; index or size 0 is everything (spec 2.2). */
export interface PageWish {
  readonly index: number;
  readonly size: number;
}

/** A page as the bean of the catalogue has it. */
export interface PageBean {
  readonly pageIndex: number;
  readonly pageSize: number;
  readonly pageCount: number;
  readonly recordCount: number;
  readonly pageFirstRecordNumber: number;
}

export const EVERYTHING: PageWish = { index: 0, size: 0 };

export const isEverything = ({ index, size }: PageWish): boolean => index === 0 || size === 0;

/** What a bean `page` of a request wishes; none: everything. */
export const wishOf = (page: { readonly pageIndex: number; readonly pageSize: number } | null | undefined): PageWish =>
  page ? { index: page.pageIndex, size: page.pageSize } : EVERYTHING;

/** The bound of rows and how many lie before them. One more than may be answered, so that too many show. @throws HubError BAD_REQUEST (`page`) */
export function boundsOf(
  wish: PageWish,
  { mostRows }: Pick<BillingSettings, 'mostRows'>,
): { readonly limit: number; readonly offset: number } {
  if (wish.index < 0 || wish.size < 0)
    throw badValue('page', 'numbers of pages are not negative', 'номер и размер страницы не могут быть отрицательными');
  if (isEverything(wish)) return { limit: mostRows + 1, offset: 0 };
  if (wish.size > mostRows) throw badValue('page', `a page has at most ${mostRows} rows`, `на странице не более ${mostRows} строк`);
  return { limit: wish.size, offset: (wish.index - 1) * wish.size };
}

/** @throws HubError CONFLICT: everything was asked for, and it is more than is answered at once */
export function requireBounded(wish: PageWish, rows: number, { mostRows }: Pick<BillingSettings, 'mostRows'>): void {
  if (isEverything(wish) && rows > mostRows)
    throw new HubError('CONFLICT', `the list has more than ${mostRows} rows: ask for it in pages`, {
      reason: 'too_many_rows',
      russian: `В списке более ${mostRows} строк, запрашивайте его постранично`,
    });
}

/** How many there are, when the rows of this page tell so; otherwise they must be counted. */
export const countKnownBy = (wish: PageWish, rows: number): number | undefined => {
  if (isEverything(wish)) return rows;
  return rows < wish.size && (rows > 0 || wish.index === 1) ? (wish.index - 1) * wish.size + rows : undefined;
};

/** pageCount = ceil(recordCount / pageSize), pageFirstRecordNumber = (pageIndex - 1) x pageSize (spec 2.2). */
export const pageBean = (wish: PageWish, recordCount: number): PageBean => ({
  pageIndex: wish.index,
  pageSize: wish.size,
  pageCount: isEverything(wish) ? Math.min(recordCount, 1) : Math.ceil(recordCount / wish.size),
  recordCount,
  pageFirstRecordNumber: isEverything(wish) ? 0 : (wish.index - 1) * wish.size,
});

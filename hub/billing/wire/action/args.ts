import { badValue } from '../../bad-value.ts';
import type { ActionArgs, Scalar } from '../../catalogue/descriptor.ts';
import { READERS } from '../scalars.ts';

const NEW_ROW: ReadonlySet<string> = new Set(['', '0', '-1', 'new']);

/** Parameters of an action, read by name and kind. */
export function actionArgs(pairs: ReadonlyMap<string, string>, timeZone: string): ActionArgs {
  const read = <T>(kind: Scalar, name: string): T | undefined => {
    const text = pairs.get(name)?.trim();
    return text === undefined || text === '' ? undefined : (READERS[kind](name, text, timeZone) as T);
  };
  const need = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw badValue(name, 'it must be given', 'параметр обязателен');
    return value;
  };
  const text = (name: string): string | undefined => {
    const value = pairs.get(name);
    return value === undefined ? undefined : (READERS.string(name, value, timeZone) as string);
  };
  const int = (name: string): number | undefined => read('int', name);
  const day = (name: string): Temporal.PlainDate | undefined => read('date', name);
  const money = (name: string): string | undefined => {
    const value = pairs.get(name);
    // A comma stands for the point where people type amounts.
    return value === undefined || value.trim() === '' ? undefined : (READERS.decimal(name, value.replace(',', '.'), timeZone) as string);
  };
  return {
    has: (name) => pairs.has(name),
    text,
    needText: (name) => need(name, text(name)),
    int,
    needInt: (name) => need(name, int(name)),
    flag: (name) => read('boolean', name),
    day,
    needDay: (name) => need(name, day(name)),
    money,
    needMoney: (name) => need(name, money(name)),
    ints: (name) =>
      (pairs.get(name) ?? '')
        .split(/[\s,;]+/)
        .filter((part) => part !== '')
        .map((part) => READERS.int(name, part, timeZone) as number),
    rowId: (name) => (NEW_ROW.has((pairs.get(name) ?? '').trim()) ? undefined : int(name)),
    page: () => ({ index: int('pageIndex') ?? 0, size: int('pageSize') ?? 0 }),
  };
}

import * as z from 'zod';

/** The closed lists of kinds.ts: numbers in the code and in the database, words in REST. */
type Words = Readonly<Record<string, number>>;

/** `serverByName` as REST writes it. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** One of the words of a list, which becomes its number. @example word(TASK_TYPE) // 'sms' -> 2 */
export function word<M extends Words>(map: M) {
  const numbers = new Map(Object.entries(map).map(([name, number]) => [snake(name), number as M[keyof M]]));
  return z.enum([...numbers.keys()]).transform((name) => numbers.get(name) as M[keyof M]);
}

/** Words of a list, separated by commas, which become their numbers: a filter of a query. */
export function words<M extends Words>(map: M) {
  const one = word(map);
  return z
    .string()
    .max(1_000)
    .transform((text) => text.split(','))
    .pipe(z.array(one).max(Object.keys(map).length));
}

/** One of the words of a list, in an answer. */
export const wordAnswer = (map: Words) => z.enum(Object.keys(map).map(snake));

/** The word for a number. */
export function wordOf(map: Words, number: number): string {
  const name = Object.keys(map).find((key) => map[key] === number);
  return name === undefined ? String(number) : snake(name);
}

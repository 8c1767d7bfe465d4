/** Groups of contracts travel as bits of a long: bit n for group n (spec 2.1). Here they are its decimal text. */

/** @example maskOf([0, 3]) === '9' */
export const maskOf = (groups: readonly number[]): string => groups.reduce((mask, group) => mask | (1n << BigInt(group)), 0n).toString();

/** The groups of a mask, the lowest first. @example groupsOf('9') // [0, 3] */
export function groupsOf(mask: string): number[] {
  const groups: number[] = [];
  for (let rest = BigInt(mask), group = 0; rest > 0n; rest >>= 1n, group += 1) if (rest & 1n) groups.push(group);
  return groups;
}

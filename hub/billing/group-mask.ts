/** Groups of contracts are bits of a long that is never negative (spec 2.1). */
export const HIGHEST_GROUP = 62;

const GROUPS = Array.from({ length: HIGHEST_GROUP + 1 }, (_, group) => group);

/** Numbers of the groups in a mask, from the lowest on. */
export const groupsOf = (mask: bigint): number[] => GROUPS.filter((group) => (mask >> BigInt(group)) & 1n);

/** The mask of these groups; a number that is no group is in none. */
export const maskOf = (groups: readonly number[]): bigint =>
  groups.reduce((mask, group) => (GROUPS.includes(group) ? mask | (1n << BigInt(group)) : mask), 0n);

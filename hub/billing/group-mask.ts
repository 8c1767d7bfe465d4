/** Groups of contracts are bits of a long that is never negative (spec 2.1). */
export const HIGHEST_GROUP = 62;

/** Numbers of the groups in a mask, from the lowest on. */
export const groupsOf = (mask: bigint): number[] =>
  Array.from({ length: HIGHEST_GROUP + 1 }, (_, at) => at).filter((at) => ((mask >> BigInt(at)) & 1n) === 1n);

export const maskOf = (groups: readonly number[]): bigint => groups.reduce((mask, group) => mask | (1n << BigInt(group)), 0n);

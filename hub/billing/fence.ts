/**
 * The contracts that an operator may see (spec 2.14): by groups, by domains. A contract outside does not exist for the operator. Statements take it
 * as two parameters: groups that a contract must have one of (0: any), groups that it must have none of (0: none), and the domains (null: all).
 */
export interface Fence {
  readonly someOf: bigint;
  readonly noneOf: bigint;
  readonly domains: readonly number[] | null;
  /** What may be done with a parameter; what is not named may be written. */
  readonly parameters: ReadonlyMap<number, 'none' | 'read'>;
}

export const OPEN_FENCE: Fence = { someOf: 0n, noneOf: 0n, domains: null, parameters: new Map() };

/** A condition on a row of `contract` by the alias `c`; its parameters are `fenceValues`, from `$first` on. */
export const fenceCondition = (first: number): string =>
  `($${first}::bigint = 0 OR c.groups & $${first} <> 0) AND c.groups & $${first + 1}::bigint = 0 AND ($${first + 2}::int[] IS NULL OR c.domain_id = ANY ($${first + 2}))`;

export const fenceValues = ({ someOf, noneOf, domains }: Fence): [bigint, bigint, readonly number[] | null] => [someOf, noneOf, domains];

/** Equal for fences behind which the same contracts are. */
export const fenceKey = ({ someOf, noneOf, domains }: Fence): string => `${someOf} ${noneOf} ${domains?.join() ?? ''}`;

/** True when no contract is outside. */
export const isOpen = ({ someOf, noneOf, domains }: Fence): boolean => someOf === 0n && noneOf === 0n && domains === null;

import { badValue } from './bad-value.ts';

/** Whose rows a list shows. */
export interface WhoseRows {
  readonly own: boolean;
  readonly subContracts: boolean;
}

/** Whose rows a list shows: of the contract, of its sub-contracts, or of both (catalogue 7). Left out it is the contract's own. */
export function whoseRows(members: number): WhoseRows {
  if (members === 0 || members === 1) return { own: true, subContracts: false };
  if (members === 2) return { own: true, subContracts: true };
  if (members === 3) return { own: false, subContracts: true };
  throw badValue(
    'members',
    `${members} is none of 1 (own rows), 3 (rows of sub-contracts), 2 (both)`,
    'допустимы 1 (свои), 3 (субдоговоров), 2 (все)',
  );
}

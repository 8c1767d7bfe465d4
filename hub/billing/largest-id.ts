/** The largest number of our tables: of a contract, a payment, an entry of a directory. */
export const LARGEST_ID = 2_147_483_647;

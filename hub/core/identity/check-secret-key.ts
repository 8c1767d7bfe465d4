import type { Queryable } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import type { SecretKey } from './secret-key.ts';
import { insertCheckValue, selectCheckValue, updateCheckValue } from './sql/authority.ts';

const shown = (value: Buffer): string => value.subarray(0, 4).toString('hex');

/**
 * Holds the hub's secret key against the one that this database was first used with; the first hub leaves the mark.
 * A hub whose key replaces that one, and which still has it among the earlier ones, moves the mark on.
 * @throws HubError CONFLICT when the keys differ: nothing sealed in the database could be opened.
 */
export async function checkSecretKey(db: Queryable, key: Pick<SecretKey, 'checkValue' | 'earlierCheckValues'>): Promise<void> {
  await insertCheckValue(db, key.checkValue);
  const [row] = await selectCheckValue(db);
  if (row?.check_value.equals(key.checkValue)) return;
  const before = key.earlierCheckValues.find((value) => row?.check_value.equals(value));
  if (before) {
    await updateCheckValue(db, before, key.checkValue);
    return;
  }
  const expected = row ? shown(row.check_value) : 'unknown';
  throw new HubError(
    'CONFLICT',
    `this hub's secret key (mark ${shown(key.checkValue)}) is not the one this database was set up with (mark ${expected}): ` +
      'copy secret.key from the data folder of the hub that set it up, or give that key in VESTNIK_SECRET_KEY',
  );
}

import { randomBytes } from 'node:crypto';
import type { Database } from '../core/database/database.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { keepSetting, settingByKey } from './sql/settings.ts';

/** Keys that sign what receivers bring back: links of mails, and the return paths of bounces. The same on every hub of the database. */
export interface LinkKeys {
  readonly confirm: Uint8Array;
  readonly bounce: Uint8Array;
}

const NAME = 'hidden.link-keys';
const PURPOSE = 'alerts.link-keys';
const LENGTH = 32;

/** Reads the keys, which the first hub has made. @throws HubError INTERNAL when they were sealed with another secret key */
export async function openLinkKeys(database: Database, secretKey: SecretKey): Promise<LinkKeys> {
  const sealed = secretKey.seal(PURPOSE, randomBytes(2 * LENGTH)).toString('base64');
  await keepSetting(database.work, NAME, JSON.stringify(sealed), 'system');
  const [row] = await settingByKey(database.work, NAME);
  const both = secretKey.open(PURPOSE, Buffer.from(String(row?.value), 'base64'));
  return { confirm: both.subarray(0, LENGTH), bounce: both.subarray(LENGTH) };
}

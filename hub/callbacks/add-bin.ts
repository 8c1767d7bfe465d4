import { randomBytes } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import { requireOwner } from './add-endpoint.ts';
import { changedAnswer, type NewBinInput, newBinInput, USUAL_ANSWER } from './bin.ts';
import { countBins, insertBin, lockOwner } from './sql/bins.ts';

/** Of one owner: each may hold 200 requests of 1 MiB. */
const MOST_BINS = 50;

/**
 * Adds a request bin with an address that nobody can guess (spec 6.6).
 * @returns its id.
 * @throws HubError VALIDATION, NOT_FOUND for a foreign owner, CONFLICT `too_many_bins`.
 */
export async function addBin(tx: Transaction, caller: Caller, input: NewBinInput): Promise<number> {
  const { name, organization_id: organizationId, answer } = newBinInput.parse(input);
  requireOwner(caller, organizationId);
  await lockOwner(tx, organizationId);
  const [count] = await countBins(tx, organizationId);
  if ((count?.bins ?? 0) >= MOST_BINS) {
    throw new HubError('CONFLICT', `this owner has ${MOST_BINS} request bins, and more are not kept: delete one that is not used`, {
      reason: 'too_many_bins',
      russian: `у этого владельца уже ${MOST_BINS} приёмников: удалите ненужный`,
    });
  }
  const token = randomBytes(32).toString('base64url');
  const [row] = await insertBin(tx, token, organizationId, name, JSON.stringify(changedAnswer(USUAL_ANSWER, answer)), caller.login);
  const id = row?.binId ?? 0;
  await audit(tx, caller, { action: 'callbacks.bin.add', object: String(id), after: { name, organizationId } });
  return id;
}

import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import type { Act } from '../act.ts';
import { OPEN_FENCE } from '../fence.ts';
import { loadFence } from '../load-fence.ts';
import { refusedByDatabase } from '../refused-by-database.ts';
import type { BillingSettings } from '../settings.ts';
import type { Turns } from '../turns.ts';

/** How the routes of REST act: within the fence of the operator, on the day of the billing. */
export interface Acts {
  /** The act of a caller, to read. */
  of(caller: Caller): Promise<Act>;
  /**
   * Runs a change in one transaction. Changes of one contract take turns, through whatever face they come.
   * @param contractId whose turn it is; undefined: nobody's
   */
  change<T>(caller: Caller, contractId: number | undefined, work: (tx: Transaction, act: Act) => Promise<T>): Promise<T>;
}

export interface ActPorts {
  readonly database: Database;
  readonly turns: Turns;
  readonly secretKey: SecretKey;
  readonly settings: BillingSettings;
}

export function createActs({ database, turns, secretKey, settings }: ActPorts): Acts {
  const of = async (caller: Caller): Promise<Act> => {
    const now = Temporal.Now.instant();
    const { operatorId } = caller;
    return {
      caller,
      operatorId: operatorId ?? 0,
      protocol: 'rest',
      settings,
      fence: operatorId === undefined ? OPEN_FENCE : await loadFence(database.work, operatorId),
      secretKey,
      now,
      today: now.toZonedDateTimeISO(settings.timeZone).toPlainDate(),
    };
  };
  return {
    of,
    async change(caller, contractId, work) {
      const act = await of(caller);
      try {
        return await turns.take(contractId, () => database.transaction((tx) => work(tx, act)));
      } catch (thrown) {
        throw refusedByDatabase(thrown) ?? thrown;
      }
    },
  };
}

import type { Transaction } from '../../core/database/statement.ts';
import { publish } from '../../core/events/publish.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import { kindName } from '../channels/driver.ts';
import { REACH } from '../run.ts';
import { forgetWorkingKinds, noteDownKinds, tellDownKinds, typesUnderWay } from '../sql/alarms.ts';
import { insertLog } from '../sql/log.ts';

/** Seconds for which no channel of a kind works before that is an alarm: a hub that is started anew, or a link that is cut and comes back, is none. */
const GRACE = 30;

/**
 * Tells when no channel of a kind works any more, and when one does again (specification of alerts 8.1): an event and a line of the log each, once. Runs stay under way
 * meanwhile; those that wait for this kind are named.
 * @returns how many kinds failed and came back
 */
export async function raiseAlarms(tx: Transaction): Promise<{ failed: number; recovered: number }> {
  const back = (await forgetWorkingKinds(tx)).filter(({ told }) => told);
  await noteDownKinds(tx);
  const down = await tellDownKinds(tx, GRACE);
  const running = down.length === 0 ? [] : await typesUnderWay(tx);
  for (const { kind, since, channels } of down) {
    const runs = running.filter(({ type }) => REACH[type]?.channels.includes(kind)).map(({ run }) => run);
    const data = { kind: kindName(kind), channels, runs, since: since.toString() };
    await publish(tx, { type: 'vestnik.alerts.channels.failed', subject: `channels/${kindName(kind)}`, data });
    const waiting = runs.length > 0 ? `; ждут запуски: ${runs.length}` : '';
    await insertLog(
      tx,
      'error',
      SYSTEM.login,
      `Ни один канал вида ${kindName(kind)} не работает (каналы ${channels.join(', ')})${waiting}`,
    );
  }
  for (const { kind, since } of back) {
    const data = { kind: kindName(kind), since: since.toString() };
    await publish(tx, { type: 'vestnik.alerts.channels.recovered', subject: `channels/${kindName(kind)}`, data });
    await insertLog(tx, 'info', SYSTEM.login, `Каналы вида ${kindName(kind)} снова работают`);
  }
  return { failed: down.length, recovered: back.length };
}

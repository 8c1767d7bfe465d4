import type { Database } from '../core/database/database.ts';
import { publish } from '../core/events/publish.ts';
import { daysLeft, dueWarning } from './certificate.ts';
import { expiringCertificates, rememberCertificateWarning } from './sql/warnings.ts';

/**
 * Warns of client certificates that are about to end: once for each of `thresholds` (`tickets.expiryWarnDays`), the lowest reached. A
 * certificate beside which a longer one is valid is told with `renewed: true`: the agency may not have installed the new one yet.
 * @returns the number of warnings.
 */
export async function warnCertificates(
  database: Database,
  { now, thresholds }: { readonly now: Temporal.Instant; readonly thresholds: readonly number[] },
): Promise<number> {
  if (thresholds.length === 0) return 0;
  let warned = 0;
  for (const row of await expiringCertificates(database.work, now, Math.max(...thresholds))) {
    const days = dueWarning(row.not_after, row.warned_days, now, thresholds);
    if (days === undefined) continue;
    await database.transaction(async (tx) => {
      const remembered = await rememberCertificateWarning(tx, row.fingerprint, days, row.warned_days);
      if (remembered.length === 0) return;
      await publish(tx, {
        type: 'vestnik.tickets.certificate.expiring',
        subject: row.name,
        data: {
          client: row.name,
          serial: row.serial,
          notAfter: row.not_after.toString(),
          daysLeft: daysLeft(row.not_after, now),
          threshold: days,
          renewed: row.renewed,
        },
      });
      warned += 1;
    });
  }
  return warned;
}

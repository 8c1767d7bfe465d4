import type { EventStore } from '../core/events/subscribe.ts';
import type { AlertsSettings } from './settings.ts';
import { forgetNames } from './sql/retention.ts';

/**
 * Takes the names of people out of the runs once they are deleted, while the settings ask for it (specification of alerts 6.7): their numbers stand in place of them.
 * Those who were deleted while they did not keep theirs.
 */
export async function forgetDeletedPeople(
  events: Pick<EventStore, 'subscribe'>,
  settings: () => Pick<AlertsSettings, 'forgetNames'>,
): Promise<void> {
  await events.subscribe('alerts.forget', ['vestnik.alerts.person.deleted'], async (tx, batch) => {
    if (settings().forgetNames === 'no') return;
    await forgetNames(
      tx,
      batch.map(({ data }) => Number(data['person_id'])),
    );
  });
}

import type { EventStore } from '../core/events/subscribe.ts';
import type { AlertsSettings } from './settings.ts';
import { forgetTargetsOf } from './sql/person-targets.ts';

/**
 * Takes the names of deleted people out of runs that began at the moment of their deletion, while the settings ask for it (specification of alerts 6.7): out of all
 * others the deletion takes them itself. Those who were deleted while the settings did not ask for it keep theirs.
 */
export async function forgetDeletedPeople(
  events: Pick<EventStore, 'subscribe'>,
  settings: () => Pick<AlertsSettings, 'forgetNames'>,
): Promise<void> {
  await events.subscribe('alerts.forget', ['vestnik.alerts.person.deleted'], async (tx, batch) => {
    if (settings().forgetNames === 'no') return;
    await forgetTargetsOf(
      tx,
      batch.map(({ data }) => Number(data['person_id'])),
    );
  });
}

import type { CommandPorts } from '../../core/module.ts';
import type { Making } from '../../core/terminal/words.ts';
import type { Act } from '../act.ts';
import { readLiveSettings } from '../live-settings.ts';
import type { AlertsSettings } from '../settings.ts';

/** What a command of the alerts works with. */
export interface AlertPorts extends CommandPorts {
  /** As operators have set them while hubs run, not only as the configuration has them. */
  readonly settings: AlertsSettings;
  /** The system's user, now, under these settings. */
  act(): Act;
}

/** What every command of the alerts is made with. */
export interface AlertMaking extends Pick<Making, 't'> {
  readonly withPorts: (action: (ports: AlertPorts) => Promise<void>) => Promise<void>;
}

/** Reads the settings that count now around each action. */
export const alertMaking = ({ t, withPorts }: Making): AlertMaking => ({
  t,
  withPorts: (action) =>
    withPorts(async (ports) => {
      const { caller, configuration, database, secretKey } = ports;
      const settings = await readLiveSettings(database.work, configuration.alerts);
      await action({ ...ports, settings, act: () => ({ caller, settings, secretKey, now: Temporal.Now.instant() }) });
    }),
});

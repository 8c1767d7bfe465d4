import type { CommandPorts } from '../../core/module.ts';
import type { Act } from '../act.ts';

/** The system's user, now, under the settings of the configuration. */
export const commandAct = ({ caller, configuration, secretKey }: CommandPorts): Act => ({
  caller,
  settings: configuration.alerts,
  secretKey,
  now: Temporal.Now.instant(),
});

import type { CommandPorts } from '../../core/module.ts';
import type { Act } from '../act.ts';
import { billingSettings } from '../billing-settings.ts';
import { OPEN_FENCE } from '../fence.ts';

/** The act of whoever sits at the command line: the user of the system, before whom no contract is hidden. */
export function commandAct({ configuration, caller, secretKey }: CommandPorts): Act {
  const settings = billingSettings(configuration.billing);
  const now = Temporal.Now.instant();
  return {
    caller,
    operatorId: 0,
    protocol: 'cli',
    settings,
    fence: OPEN_FENCE,
    secretKey,
    now,
    today: now.toZonedDateTimeISO(settings.timeZone).toPlainDate(),
  };
}

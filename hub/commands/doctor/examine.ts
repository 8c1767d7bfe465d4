import type { Configuration } from '../../config.ts';
import type { CommandContext } from '../context.ts';
import { billingFindings, siteServiceFindings } from './billing.ts';
import { databaseFindings } from './database.ts';
import type { Finding } from './finding.ts';
import { lineFindings } from './line.ts';
import { machineFindings } from './machine.ts';

/** All that `vestnik doctor` looks at, in the order in which it is told. */
export const examine = async (configuration: Configuration, context: CommandContext): Promise<Finding[]> => [
  ...(await machineFindings(configuration, context)),
  ...(await databaseFindings(configuration, context)),
  ...lineFindings(configuration, context),
  ...billingFindings(context),
  ...(await siteServiceFindings(configuration, context)),
];

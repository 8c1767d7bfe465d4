import { moduleCommands } from '../../../core/test/support/module-commands.ts';
import { addCommands } from '../../commands/index.ts';
import type { BillingBench } from './billing-bench.ts';

/** Runs `vestnik billing ...` in this process. @param bench asked for at each run */
export const billingCommands = (bench: () => Pick<BillingBench, 'database' | 'secretKey'>) =>
  moduleCommands('billing', addCommands, () => {
    const { database, secretKey } = bench();
    return { database, secretKey };
  });

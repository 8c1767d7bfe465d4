import { ACTIONS, SERVICES } from '../../billing/catalogue/catalogue.ts';
import type { CommandContext } from '../context.ts';
import { type Finding, ok } from './finding.ts';

const OPERATIONS = SERVICES.flatMap(({ operations }) => operations);
const ofTier = (all: readonly { readonly tier: 1 | 2 }[], tier: 1 | 2): number => all.filter((one) => one.tier === tier).length;

/** What of the billing's catalogue is served, and what is known and answers that it is not yet. */
export function billingFindings({ t }: Pick<CommandContext, 't'>): Finding[] {
  const counts = (tier: 1 | 2): string =>
    t(
      `${ofTier(OPERATIONS, tier)} operations of web services, ${ofTier(ACTIONS, tier)} XML actions`,
      `операций веб-сервисов ${ofTier(OPERATIONS, tier)}, XML-действий ${ofTier(ACTIONS, tier)}`,
    );
  return [
    ok(
      t('billing', 'биллинг'),
      t(
        `served: ${counts(1)}; known and not yet served: ${counts(2)}`,
        `обслуживаются: ${counts(1)}; известны, но пока не обслуживаются: ${counts(2)}`,
      ),
    ),
  ];
}

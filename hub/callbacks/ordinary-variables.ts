import type { Family } from './family.ts';
import type { Variable } from './variable.ts';
import { VARIABLES } from './variables.ts';

/** What a receiver of the billing mostly wants: what happened to which contract, the money, the status, and by which to drop repeats. */
const OF_BILLING: readonly string[] = [
  'EventId',
  'EventType',
  'EventTime',
  'contractId',
  'contractTitle',
  'id',
  'date',
  'amount',
  'typeTitle',
  'externalId',
  'balanceAfter',
  'status',
  'statusTitle',
  'former',
  'reason',
  'paymentId',
  'balance',
  'limit',
  'EventDescription',
];

/** The variables of bodies to begin with: those of the source in their order; of the billing, which the source does not know, those that matter most. */
export const ordinaryVariables = (family: Family): readonly Variable[] =>
  family === 'billing'
    ? OF_BILLING.flatMap((name) => VARIABLES.find((variable) => variable.name === name) ?? [])
    : VARIABLES.filter(({ bareIn }) => bareIn.includes(family));

/** How a template writes a variable: `@id_Reserve`, `@{EventId}`. */
export const placeholder = ({ name, bareIn }: Variable, family: Family): string => (bareIn.includes(family) ? `@${name}` : `@{${name}}`);

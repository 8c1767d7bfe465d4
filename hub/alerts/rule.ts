import * as z from 'zod';
import { type RuleFilter, ruleFilterInput } from './rule-filter.ts';

const fields = {
  name: z.string().min(1).max(255),
  enabled: z.boolean(),
  filter: ruleFilterInput,
  task_id: z.int().min(1),
  restart: z.boolean().meta({ description: 'A new run from scratch, also while one is under way' }),
  cooldown: z.int().min(0).max(31_536_000).meta({ description: 'Seconds after a start in which there is no other' }),
  limit_per_hour: z.int().min(1).max(1_000).nullable().meta({ description: 'null: as many as there are, up to 5 a minute' }),
  allow_own: z.boolean().meta({ description: 'Also events of the alerts themselves, which may go round in circles' }),
};
export const newRuleInput = z.strictObject({
  ...fields,
  enabled: fields.enabled.default(true),
  restart: fields.restart.default(false),
  cooldown: fields.cooldown.default(0),
  limit_per_hour: fields.limit_per_hour.default(null),
  allow_own: fields.allow_own.default(false),
});
export type NewRuleInput = z.input<typeof newRuleInput>;
export const ruleChange = z.strictObject(fields).partial();
export type RuleChange = z.input<typeof ruleChange>;

/** A rule as faces show it: an event that fits the filter starts the task. */
export interface RuleView {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly filter: RuleFilter;
  readonly task_id: number;
  readonly restart: boolean;
  readonly cooldown: number;
  readonly limit_per_hour: number | null;
  readonly allow_own: boolean;
  readonly version: number;
  readonly created_at: string;
  readonly changed_at: string;
}

/** Starts of one rule in a minute, whatever else it says: so no circle of events runs away (specification of alerts, chapter 7). */
export const MOST_A_MINUTE = 5;

/** What a rule has started lately. */
export interface RecentStarts {
  readonly lastMinute: number;
  readonly lastHour: number;
  /** Seconds since the last; null: it has started nothing. */
  readonly seconds: number | null;
}

/** Why a rule does not start its task now although an event fits; undefined: it may. */
export function ruleRefusal(
  { cooldown, limit_per_hour: perHour }: Pick<RuleView, 'cooldown' | 'limit_per_hour'>,
  { lastMinute, lastHour, seconds }: RecentStarts,
): { readonly outcome: 'cooldown' | 'limit'; readonly reason: string } | undefined {
  if (seconds !== null && seconds < cooldown)
    return { outcome: 'cooldown', reason: `${Math.floor(seconds)} of ${cooldown} seconds have passed since the last start` };
  if (lastMinute >= MOST_A_MINUTE) return { outcome: 'limit', reason: `${lastMinute} starts within a minute; at most ${MOST_A_MINUTE}` };
  if (perHour !== null && lastHour >= perHour) return { outcome: 'limit', reason: `${lastHour} starts within an hour; at most ${perHour}` };
  return undefined;
}

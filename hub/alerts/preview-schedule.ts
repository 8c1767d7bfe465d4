import type { z } from 'zod';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { refusal } from './refusals.ts';
import { nextOccurrences, scheduleFault, windowAt } from './schedule.ts';
import { scheduleInput } from './task.ts';

export interface SchedulePreview {
  /** The zone whose clock counts. */
  readonly zone: string;
  readonly starts: readonly { readonly local: string; readonly at: string }[];
  /** Whether attempts would be made now; until or from when. null: there is no end. */
  readonly window: { readonly open: boolean; readonly changes_at: string | null };
}

/**
 * What a schedule means: its next starts after now, and whether its hours are open.
 * @throws HubError VALIDATION `bad_value`
 */
export function previewSchedule(
  { settings, now }: Pick<Act, 'settings' | 'now'>,
  input: z.input<typeof scheduleInput>,
  count: number,
): SchedulePreview {
  const schedule = validate(scheduleInput, input, 'body');
  const fault = scheduleFault(schedule);
  if (fault !== undefined) throw refusal('bad_value', 'schedule', fault, '/schedule');
  const zone = schedule.zone ?? settings.zone;
  const window = windowAt(schedule.windows, now, zone);
  return {
    zone,
    starts: nextOccurrences(schedule, now, settings.zone, count).map(({ local, instant }) => ({ local, at: instant.toString() })),
    window: { open: window.open, changes_at: (window.open ? window.until : window.opens)?.toString() ?? null },
  };
}

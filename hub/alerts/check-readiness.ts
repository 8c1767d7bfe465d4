import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import type { Queryable } from '../core/database/statement.ts';
import { CHANNEL_KIND, CHANNEL_STATE } from './channels/driver.ts';
import { readWays, startRefusal, type Ways } from './check-start.ts';
import { TASK_STATUS, TASK_TYPE } from './kinds.ts';
import { licenceEnded } from './licence.ts';
import { readLiveSettings } from './live-settings.ts';
import { REACH } from './run.ts';
import type { Schedule } from './schedule.ts';
import type { AlertsSettings } from './settings.ts';
import { deadRules, foreignTexts, hubRuns, type PlannedTask, plannedTasks, refusedPins, taskGaps } from './sql/readiness.ts';

/** A thing by its number and name. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

/** Whether the alerts could be sent out now, and what would be in the way. */
export interface Readiness {
  /** As operators have set them while hubs run. */
  readonly settings: AlertsSettings;
  /** Without one nobody knows how the channels stand. */
  readonly hubRuns: boolean;
  readonly licence: {
    readonly ended: boolean;
    /** Until its last day is over; undefined: there is no end. */
    readonly days: number | undefined;
    readonly modems: number;
  };
  /** Enabled channels, and those of them that say of themselves that they do not work. */
  readonly channels: number;
  readonly faults: readonly (Named & { readonly group: string; readonly info: string; readonly since: Temporal.Instant })[];
  /** Modems whose SIM did not take the PIN. */
  readonly refusedPins: readonly Named[];
  /** Enabled tasks; which cannot be started, and why. */
  readonly tasks: number;
  readonly unstartable: readonly (Named & { readonly english: string; readonly russian: string })[];
  /** Whose last start by themselves was refused. */
  readonly refused: readonly Named[];
  /** Whose schedule nobody can read, or will never start them. */
  readonly unreadable: readonly Named[];
  readonly neverStarting: readonly Named[];
  /** Whose start should have been made long ago. */
  readonly overdue: readonly (Named & { readonly at: Temporal.Instant })[];
  /** People of tasks who have no address that fits, and no PIN that is asked for. */
  readonly gaps: readonly (Named & { readonly unreachable: number; readonly pinless: number })[];
  /** Mails that are to be confirmed by a page of which nobody knows the address. */
  readonly unconfirmable: readonly Named[];
  /** Things with signs that old clients see as `?`; a number above `MOST_TEXTS` is not counted. */
  readonly foreign: readonly (Named & { readonly kind: string })[];
  /** Rules that are on and whose task is gone or disabled. */
  readonly deadRules: readonly Named[];
}

/** Things with foreign signs that are counted. */
export const MOST_TEXTS = 1_000;
/** Minutes after which a start that was not made is no delay any more. */
const OVERDUE = 10;
const EVERY = decodeWindows1251(Uint8Array.from({ length: 255 }, (_, at) => at + 1));
/** A character that windows-1251 does not have, as PostgreSQL writes it. */
const FOREIGN = `[^${EVERY.replace(/[\\\]^[-]/g, '\\$&')}]`;

const named = ({ taskId, name }: { readonly taskId: number; readonly name: string }): Named => ({ id: taskId, name });

function daysLeft({ licence, zone }: AlertsSettings, now: Temporal.Instant): number | undefined {
  if (licence.validTo === undefined) return undefined;
  return now.toZonedDateTimeISO(zone).toPlainDate().until(licence.validTo, { largestUnit: 'day' }).days;
}

function faultsOf({ groups, channels }: Ways): Readiness['faults'] {
  const names = new Map(groups.filter(({ enabled }) => enabled).map(({ groupId, name }) => [groupId, name]));
  return channels
    .filter(({ enabled, state, groupId }) => enabled && state === CHANNEL_STATE.fault && names.has(groupId))
    .map(({ number, name, groupId, info, since }) => ({ id: number, name, group: names.get(groupId) ?? '', info, since }));
}

function unstartable(settings: AlertsSettings, tasks: readonly PlannedTask[], ways: Ways, now: Temporal.Instant, known: boolean) {
  return tasks.flatMap((task) => {
    const refusal = known ? startRefusal(settings, task, ways, now) : startRefusal(settings, task, ways, now, () => true);
    return refusal ? [{ ...named(task), english: refusal.message, russian: refusal.russian ?? refusal.message }] : [];
  });
}

/** Whether a schedule would start its task some day, but none of its days is to come. */
const startsNever = ({ schedule, nextStartAt, runs }: PlannedTask): boolean =>
  typeof schedule !== 'string' && (schedule as Schedule).start.kind !== 'none' && nextStartAt === null && runs === 0;

/** Looks through settings, channels, tasks and people for what would keep an alert from going out. Changes nothing. */
export async function checkReadiness(db: Queryable, configured: AlertsSettings, now: Temporal.Instant): Promise<Readiness> {
  const settings = await readLiveSettings(db, configured);
  const [[running], ways, pins, tasks, rules] = await Promise.all([
    hubRuns(db),
    readWays(db),
    refusedPins(db),
    plannedTasks(db),
    deadRules(db),
  ]);
  const gaps = await Promise.all(
    [TASK_TYPE.sms, TASK_TYPE.email].map((type) => taskGaps(db, type, REACH[type]?.address ?? '', REACH[type]?.phones ?? [])),
  );
  const foreign = settings.line.enabled === 'no' ? [] : await foreignTexts(db, FOREIGN, MOST_TEXTS + 1);
  const known = running?.runs ?? false;
  const on = new Map(ways.groups.filter(({ enabled }) => enabled).map(({ groupId, kind }) => [groupId, kind]));
  const enabled = ways.channels.filter((channel) => channel.enabled && on.has(channel.groupId));
  return {
    settings,
    hubRuns: known,
    licence: {
      ended: licenceEnded(settings, now),
      days: daysLeft(settings, now),
      modems: enabled.filter(({ groupId }) => on.get(groupId) === CHANNEL_KIND.gsm).length,
    },
    channels: enabled.length,
    faults: known ? faultsOf(ways) : [],
    refusedPins: pins,
    tasks: tasks.length,
    unstartable: unstartable(settings, tasks, ways, now, known),
    refused: tasks.filter(({ status }) => status === TASK_STATUS.failed).map(named),
    unreadable: tasks.filter(({ schedule }) => typeof schedule === 'string').map(named),
    neverStarting: tasks.filter(startsNever).map(named),
    overdue: tasks.flatMap((task) =>
      task.nextStartAt !== null && now.since(task.nextStartAt).total('minutes') > OVERDUE ? [{ ...named(task), at: task.nextStartAt }] : [],
    ),
    gaps: gaps.flat().map(({ unreachable, pinless, ...task }) => ({ ...named(task), unreachable, pinless })),
    unconfirmable:
      settings.publicUrl === undefined
        ? tasks.filter(({ type, confirms }) => type === TASK_TYPE.email && confirms !== null && confirms !== 'none').map(named)
        : [],
    foreign,
    deadRules: rules.map(({ ruleId, name }) => ({ id: ruleId, name })),
  };
}

import * as z from 'zod';
import type { BeforeStart } from '../check-before-start.ts';
import { TASK_STATUS, TASK_TYPE } from '../kinds.ts';
import type { AttemptView, HistoryView } from '../list-attempts.ts';
import type { RunView } from '../list-runs.ts';
import type { TargetView } from '../list-targets.ts';
import { RESULT } from '../result.ts';
import type { TaskStanding } from '../stop-run.ts';
import { instant } from './call.ts';
import { wordAnswer, wordOf } from './words.ts';

const resultWord = wordAnswer(RESULT);
const resultOf = (result: number): string => wordOf(RESULT, result);

export const standingAnswer = z.object({
  task_id: z.int(),
  name: z.string(),
  type: wordAnswer(TASK_TYPE),
  status: wordAnswer(TASK_STATUS),
  run: z.object({ id: z.int(), number: z.int() }).nullable().meta({ description: 'Its last run; null before the first' }),
  changed: z.boolean().meta({ description: 'false: it ran already, or did not run' }),
  warnings: z
    .object({
      without_address: z.int().meta({ description: 'People who are not told: they have no enabled address that does' }),
      without_pin: z.int().meta({ description: 'People who are asked for a PIN and have none: they cannot confirm' }),
    })
    .nullable()
    .meta({ description: 'Of a run that has just begun; else null' }),
});
export const standingJson = ({ taskId, name, type, status, run, changed, warnings }: TaskStanding) => ({
  task_id: taskId,
  name,
  type: wordOf(TASK_TYPE, type),
  status: wordOf(TASK_STATUS, status),
  run: run ?? null,
  changed,
  warnings: warnings ? { without_address: warnings.withoutAddress, without_pin: warnings.withoutPin } : null,
});

export const runAnswer = z.object({
  id: z.int(),
  task_id: z.int(),
  number: z.int().meta({ description: 'Within the task: 1, 2, 3, ...' }),
  name: z.string().meta({ description: 'Of the task, as it was at the start; so all that follows' }),
  type: wordAnswer(TASK_TYPE),
  status: wordAnswer(TASK_STATUS),
  priority: z.int(),
  channels: z.string(),
  list: z.object({ id: z.int(), name: z.string() }),
  message: z.object({ id: z.int(), name: z.string(), text: z.string() }),
  confirmation: z.string().meta({ description: 'none, key, pin or code' }),
  started_by: z.object({
    login: z.string(),
    how: z.string().meta({ description: 'line, rest, cli, schedule, rule or sms' }),
    from: z.string(),
  }),
  started_at: instant,
  ended_at: instant.nullable(),
  total: z.int(),
  done: z.int().meta({ description: 'notified + confirmed + failed' }),
  notified: z.int(),
  confirmed: z.int(),
  failed: z.int(),
  left: z.int().meta({ description: 'queued + under_way + waiting' }),
  queued: z.int(),
  under_way: z.int(),
  waiting: z.int().meta({ description: 'Handed over; a receipt or a confirmation is waited for' }),
  results: z.partialRecord(resultWord, z.int()).meta({ description: 'Done targets by result' }),
  per_second: z.number().nullable().meta({ description: 'Results a second over the last minute; null: not known' }),
  seconds_left: z.number().nullable().meta({ description: 'At this speed; null: not known' }),
});

export function runJson({ row, progress }: RunView) {
  const { underWay, perSecond, secondsLeft, results, ...counts } = progress;
  const { frozen } = row;
  return {
    id: row.runId,
    task_id: row.taskId,
    number: row.number,
    name: frozen.task,
    type: wordOf(TASK_TYPE, row.type),
    status: wordOf(TASK_STATUS, row.status),
    priority: row.priority,
    channels: row.channels,
    list: frozen.list,
    message: { id: frozen.message.id, name: frozen.message.name, text: frozen.message.text },
    confirmation: frozen.confirmation.kind,
    started_by: row.initiator,
    started_at: row.startedAt.toString(),
    ended_at: row.endedAt?.toString() ?? null,
    ...counts,
    under_way: underWay,
    results: Object.fromEntries([...results].map(([result, count]) => [resultOf(result), count])),
    per_second: perSecond,
    seconds_left: secondsLeft,
  };
}

export const targetAnswer = z.object({
  no: z.int().meta({ description: 'Number within the run, in the order in which people are told' }),
  person_id: z.int(),
  name: z.string(),
  organization: z.string(),
  department: z.string(),
  rank: z.string(),
  position: z.string(),
  result: resultWord,
  round: z.int(),
  attempts: z.int(),
  address: z.string(),
  channel: z.int().nullable(),
  confirmed_by: z.string().meta({ description: "sms, mail, pin; '' when nobody has" }),
  detail: z.string(),
  merged_with: z.int().nullable().meta({ description: 'Target with the same address and content, which is told for both' }),
  due_at: instant.nullable(),
  first_at: instant.nullable(),
  last_at: instant.nullable(),
});
export const targetJson = (view: TargetView) => ({ ...view, result: resultOf(view.result) });

export const attemptAnswer = z.object({
  id: z.int(),
  target: z.int(),
  name: z.string(),
  round: z.int(),
  address: z.string(),
  channel: z.int().nullable(),
  started_at: instant,
  ended_at: instant.nullable().meta({ description: 'When the channel was done with it' }),
  result: resultWord,
  code: z.string().meta({ description: "The far side's, or ours" }),
  detail: z.string(),
  heard_ms: z.int().nullable(),
  confirmed_at: instant.nullable(),
  shared_with: z.int().nullable().meta({ description: 'Target for which it was made, where this one shares it; null: for this one' }),
});
export const attemptJson = (view: AttemptView) => ({ ...view, result: resultOf(view.result) });

export const historyAnswer = attemptAnswer.extend({
  run_id: z.int(),
  task_id: z.int(),
  number: z.int().meta({ description: 'Of the run' }),
  task: z.string().meta({ description: 'Name of the task' }),
  type: wordAnswer(TASK_TYPE),
  target_result: resultWord.meta({ description: 'What came of the person in the run' }),
});
export const historyJson = (view: HistoryView) => ({
  ...view,
  result: resultOf(view.result),
  type: wordOf(TASK_TYPE, view.type),
  target_result: resultOf(view.target_result),
});

export const beforeStartAnswer = z.object({
  refusal: z
    .object({ reason: z.string(), message: z.string(), russian: z.string().nullable() })
    .nullable()
    .meta({ description: 'Why a start would be refused now; null: it would not' }),
  running: z.boolean().meta({ description: 'A start without restart changes nothing' }),
  people: z.int().meta({ description: 'Members of the list, by its groups, too' }),
  excluded: z.int().meta({ description: 'Who is not disturbed now' }),
  without_address: z.int().meta({ description: 'Who has no enabled address that fits' }),
  without_pin: z.int().meta({ description: 'Who is asked for a PIN and has none: they cannot confirm' }),
  proof: z.boolean().meta({ description: 'The start needs a proof of the password: POST /start-proofs' }),
});

export const beforeStartJson = ({ refusal, running, people, excluded, withoutAddress, withoutPin, proof }: BeforeStart) => ({
  refusal: refusal ? { reason: refusal.reason ?? refusal.code, message: refusal.message, russian: refusal.russian ?? null } : null,
  running,
  people,
  excluded,
  without_address: withoutAddress,
  without_pin: withoutPin,
  proof,
});

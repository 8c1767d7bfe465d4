import type { Queryable } from '../core/database/statement.ts';
import { detailIn } from './detail-words.ts';
import { TASK_STATUS, TASK_TYPE } from './kinds.ts';
import { requireRun } from './list-runs.ts';
import { resultNow } from './list-targets.ts';
import { CONFIRMED_WORDS, HOW_WORDS, REPORT_WORDS, RESULT_WORDS, type ReportLanguage, TYPE_WORDS } from './report-words.ts';
import type { PageLook, ReportTable, Rows, Tone } from './reports/report-table.ts';
import { RESULT, type Result } from './result.ts';
import type { RunRow } from './run.ts';
import { progressOf, type RunProgress } from './run-progress.ts';
import { channelNames } from './sql/channels.ts';
import { type AttemptViewRow, attemptPortion, type TargetRow, targetPortion } from './sql/run-views.ts';

/** In which language and zone times and words stand. */
export interface ReportManner {
  readonly language: ReportLanguage;
  /** Zone of times. */
  readonly zone: string;
}

/** Rows that are read at once: the report of a run of any size holds one portion. */
const PORTION = 1_000;

type Word = keyof typeof REPORT_WORDS;
type Teller = ReturnType<typeof teller>;

/** How values are told in a language and a zone. `channels`: names by number. */
function teller({ language, zone }: ReportManner, channels: ReadonlyMap<number, string>) {
  const say = (word: Readonly<Record<ReportLanguage, string>> | undefined, otherwise = ''): string => word?.[language] ?? otherwise;
  return {
    word: (key: Word): string => REPORT_WORDS[key][language],
    type: (type: number): string => say(TYPE_WORDS[type], String(type)),
    result: (result: Result): string => say(RESULT_WORDS[result], String(result)),
    how: (how: string): string => say(HOW_WORDS[how], how),
    confirmed: (how: string): string => say(CONFIRMED_WORDS[how], how),
    channel: (number: number | null): string => (number === null ? '' : `${number} ${channels.get(number) ?? ''}`.trimEnd()),
    /** To the second, as the zone's clocks show it. */
    time(instant: Temporal.Instant | null): string {
      if (instant === null) return '';
      return instant.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
    },
    detail: (detail: string): string => detailIn(language, detail),
    seconds: (ms: number | null): string => (ms === null ? '' : (ms / 1_000).toFixed(1)),
  };
}

function headOf(run: RunRow, progress: RunProgress, tell: Teller, zone: string): [string, string, Tone?][] {
  const { frozen, initiator } = run;
  const going = run.status === TASK_STATUS.stopped ? tell.word('stopped') : tell.word('underWay');
  const figure = (word: Word, count: number, tone: Tone): [string, string, Tone] => [
    tell.word(word),
    String(count),
    count === 0 ? 'none' : tone,
  ];
  return [
    [tell.word('task'), `${frozen.task} (№ ${run.taskId})`],
    [tell.word('run'), String(run.number)],
    [tell.word('type'), tell.type(run.type)],
    [tell.word('list'), frozen.list.name],
    [tell.word('message'), frozen.message.name],
    [tell.word('text'), frozen.message.text],
    [tell.word('started'), `${tell.time(run.startedAt)} (${zone})`],
    [tell.word('ended'), run.endedAt === null ? going : tell.time(run.endedAt)],
    [tell.word('by'), initiator.login],
    [tell.word('how'), [tell.how(initiator.how), initiator.from].filter((part) => part !== '').join(', ')],
    [tell.word('made'), tell.time(Temporal.Now.instant())],
    [tell.word('total'), String(progress.total), 'plain'],
    figure('notified', progress.notified, 'good'),
    figure('confirmed', progress.confirmed, 'good'),
    figure('failed', progress.failed, 'bad'),
    figure('left', progress.left, 'open'),
    ...[...progress.results]
      .sort(([one], [other]) => one - other)
      .map(([result, count]): [string, string] => [`${tell.word('result')}: ${tell.result(result)}`, String(count)]),
  ];
}

/** Reached, perhaps reached or still going on, not reached, nobody tried. */
const TONES: Readonly<Record<Result, Tone>> = {
  [RESULT.queued]: 'open',
  [RESULT.underWay]: 'open',
  [RESULT.notified]: 'good',
  [RESULT.confirmed]: 'good',
  [RESULT.noAnswer]: 'bad',
  [RESULT.busy]: 'bad',
  [RESULT.refused]: 'bad',
  [RESULT.wrongCode]: 'bad',
  [RESULT.machine]: 'bad',
  [RESULT.excluded]: 'none',
  [RESULT.noAddress]: 'bad',
  [RESULT.channelError]: 'bad',
  [RESULT.cancelled]: 'none',
  [RESULT.unconfirmed]: 'open',
  [RESULT.unknown]: 'open',
  [RESULT.expired]: 'bad',
};

const TARGET_COLUMNS = [
  'number',
  'name',
  'organization',
  'department',
  'rank',
  'position',
  'address',
  'channel',
  'tries',
  'result',
  'confirmedHow',
  'heard',
  'first',
  'last',
  'detail',
] as const;

function targetCells(row: TargetRow & { heard: number | null }, tell: Teller): string[] {
  const together = row.leader === null ? '' : `${tell.word('together')} ${row.leader}`;
  return [
    String(row.no),
    row.name,
    row.organization,
    row.department,
    row.rank,
    row.position,
    row.address,
    tell.channel(row.channel),
    String(row.attempts),
    tell.result(resultNow(row)),
    tell.confirmed(row.confirmedBy),
    tell.seconds(row.heard),
    tell.time(row.firstAt),
    tell.time(row.lastAt),
    [together, tell.detail(row.detail)].filter((part) => part !== '').join('; '),
  ];
}

async function* targetPages(db: Queryable, { runId, type }: RunRow, tell: Teller): AsyncGenerator<Rows> {
  for (let after = 0; ; ) {
    const rows = await targetPortion(db, runId, after, PORTION, type === TASK_TYPE.call);
    if (rows.length > 0) yield rows.map((row) => targetCells(row, tell));
    const last = rows.at(-1);
    if (!last || rows.length < PORTION) return;
    after = last.no;
  }
}

const ATTEMPT_COLUMNS = ['number', 'name', 'round', 'address', 'channel', 'begun', 'over', 'result', 'code', 'heard', 'detail'] as const;

const attemptCells = (row: AttemptViewRow, tell: Teller): string[] => [
  String(row.no),
  row.name,
  String(row.round),
  row.address,
  tell.channel(row.channel),
  tell.time(row.startedAt),
  tell.time(row.endedAt),
  tell.result((row.result ?? RESULT.underWay) as Result),
  row.code,
  tell.seconds(row.heard),
  [row.madeBy === null ? '' : `${tell.word('together')} ${row.madeBy}`, tell.detail(row.detail)].filter((part) => part !== '').join('; '),
];

async function* attemptPages(db: Queryable, { runId }: RunRow, tell: Teller): AsyncGenerator<Rows> {
  for (let place: readonly [number, number] = [0, 0]; ; ) {
    const rows = await attemptPortion(db, runId, ...place, PORTION, null);
    if (rows.length > 0) yield rows.map((row) => attemptCells(row, tell));
    const last = rows.at(-1);
    if (!last || rows.length < PORTION) return;
    place = [last.no, last.attemptId];
  }
}

function lookOf(columns: readonly Word[], unbroken: readonly Word[], tell: Teller): PageLook {
  const tones = Object.values(RESULT).map((result): [string, Tone] => [tell.result(result), TONES[result]]);
  return {
    unbroken: unbroken.map((column) => columns.indexOf(column)),
    tones: { column: columns.indexOf('result'), of: new Map(tones) },
  };
}

/**
 * The report of a run, with the results so far while it is under way (specification of alerts, chapter 6): one table of people and one of attempts. Rows are
 * read as they are taken, so that 100,000 people cost no memory; what changes meanwhile is told as it was when its row was read.
 * @throws HubError NOT_FOUND `unknown_run`
 */
export async function runReport(db: Queryable, manner: ReportManner, runId: number): Promise<ReportTable> {
  const run = await requireRun(db, runId);
  const [[progress], names] = await Promise.all([progressOf(db, [run]), channelNames(db)]);
  if (!progress) throw new Error(`run ${runId} has no progress`);
  const tell = teller(manner, new Map(names.map(({ number, name }) => [number, name])));
  return {
    title: `${tell.word('title')}: ${run.frozen.task}, ${tell.word('ofRun')} ${run.number}`,
    language: manner.language,
    head: headOf(run, progress, tell, manner.zone),
    sheets: [
      {
        name: tell.word('targets'),
        columns: TARGET_COLUMNS.map(tell.word),
        pages: targetPages(db, run, tell),
        look: lookOf(TARGET_COLUMNS, ['number', 'channel', 'tries', 'first', 'last'], tell),
      },
      {
        name: tell.word('attempts'),
        columns: ATTEMPT_COLUMNS.map(tell.word),
        pages: attemptPages(db, run, tell),
        look: lookOf(ATTEMPT_COLUMNS, ['number', 'round', 'begun', 'over'], tell),
      },
    ],
  };
}

import { isWritten, TASK_TYPE, type TaskType } from './kinds.ts';

/**
 * Further settings of a task (specification of alerts, 3.10, `addinfo`): an open list of keys and values in the order in which they were set.
 * Keys that are not in the table below are kept for the client that knows them, and mean nothing here. A text in place of the list is a foreign
 * client's value that does not parse: it is returned unchanged and means nothing.
 */
export type TaskSettings = readonly TaskSetting[];

export interface TaskSetting {
  readonly key: string;
  readonly value: string;
  /** Of an unknown key: its part of the wire value as it was received, where another writer would spell it differently. */
  readonly raw?: string;
}

/** The settings with their defaults, as the engine uses them. Times in the unit of the name. */
export interface TaskRule {
  readonly rounds: number;
  readonly pauseSeconds: number;
  readonly ringSeconds: number;
  readonly gapSeconds: number;
  /** 0: a busy number is not tried again inside the round. */
  readonly busySeconds: number;
  readonly repeat: number;
  readonly leadMilliseconds: number;
  readonly amd: boolean;
  /** 0: nothing is recorded. */
  readonly recordSeconds: number;
  readonly from: string | undefined;
  readonly receiptSeconds: number;
  readonly subject: string | undefined;
  readonly attach: boolean;
  readonly dedup: boolean;
  readonly dup: boolean;
  readonly tone: boolean;
  /** Decibels. */
  readonly gain: number;
  /** Task on a subordinate server. */
  readonly remote: number | undefined;
  readonly preempt: boolean;
}

/** A whole number in a range, or a text of at most so many characters. */
export type SettingForm = { readonly least: number; readonly most: number } | { readonly longest: number };

const NUMBER = (least: number, most: number): SettingForm => ({ least, most });
const FLAG = NUMBER(0, 1);
const TEXT = (longest: number): SettingForm => ({ longest });

/** Every key that means something, and which values it takes. */
export const SETTING_FORMS = {
  rounds: NUMBER(1, 20),
  pause: NUMBER(0, 86_400),
  ring: NUMBER(5, 120),
  gap: NUMBER(0, 3_600),
  busy: NUMBER(0, 3_600),
  repeat: NUMBER(1, 10),
  lead: NUMBER(0, 60_000),
  amd: FLAG,
  rec: NUMBER(0, 300),
  from: TEXT(320),
  receipt: NUMBER(0, 604_800),
  subject: TEXT(400),
  attach: FLAG,
  dedup: FLAG,
  dup: FLAG,
  tone: FLAG,
  gain: NUMBER(-20, 6),
  remote: NUMBER(1, 2_147_483_647),
  preempt: FLAG,
} as const satisfies Record<string, SettingForm>;

export type SettingKey = keyof typeof SETTING_FORMS;

const MOST_SETTINGS = 100;
const LONGEST_KEY = 64;
const LONGEST_VALUE = 1_000;
const WHOLE = /^[+-]?\d{1,12}$/;

/** Whether a key means something here. */
export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTING_FORMS, key);
}

/** What is wrong with settings, in a sentence; undefined for good ones. Unknown keys are good. */
export function settingsFault(settings: TaskSettings): string | undefined {
  if (settings.length > MOST_SETTINGS) return `${settings.length} settings; at most ${MOST_SETTINGS}`;
  const seen = new Set<string>();
  for (const { key, value } of settings) {
    if (key === '') return 'a setting has no name';
    if (key.length > LONGEST_KEY) return `a setting has a name of ${key.length} characters; at most ${LONGEST_KEY}`;
    if (value.length > LONGEST_VALUE) return `${key} has ${value.length} characters; at most ${LONGEST_VALUE}`;
    if (seen.has(key)) return `${key} stands twice`;
    seen.add(key);
    if (!isSettingKey(key)) continue;
    const form: SettingForm = SETTING_FORMS[key];
    if ('longest' in form) {
      if (value.length > form.longest) return `${key} has ${value.length} characters; at most ${form.longest}`;
      continue;
    }
    const number = WHOLE.test(value) ? Number(value) : Number.NaN;
    if (!(number >= form.least && number <= form.most)) {
      return `${key} is "${value.slice(0, 40)}"; right would be a whole number from ${form.least} to ${form.most}`;
    }
  }
  return undefined;
}

/** Fills in the defaults of a task's type. The settings must be good ones (`settingsFault`). */
export function taskRule(settings: TaskSettings | string, type: TaskType): TaskRule {
  const given = new Map((typeof settings === 'string' ? [] : settings).map(({ key, value }) => [key, value]));
  const number = (key: SettingKey, preset: number): number => Number(given.get(key) ?? preset);
  const flag = (key: SettingKey, preset: boolean): boolean => number(key, preset ? 1 : 0) === 1;
  const text = (key: SettingKey): string | undefined => given.get(key) || undefined;
  return {
    rounds: number('rounds', 3),
    pauseSeconds: number('pause', 60),
    ringSeconds: number('ring', 30),
    gapSeconds: number('gap', 2),
    busySeconds: number('busy', 60),
    repeat: number('repeat', 2),
    leadMilliseconds: number('lead', 1_000),
    amd: flag('amd', false),
    recordSeconds: number('rec', 0),
    from: text('from'),
    receiptSeconds: number('receipt', 600),
    subject: text('subject'),
    attach: flag('attach', false),
    dedup: flag('dedup', isWritten(type)),
    dup: flag('dup', type !== TASK_TYPE.sms),
    tone: flag('tone', true),
    gain: number('gain', 0),
    remote: given.has('remote') ? number('remote', 0) : undefined,
    preempt: flag('preempt', false),
  };
}

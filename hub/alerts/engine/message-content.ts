import { eventValue, isFault, PERSON_NAMES, type PersonName, parseTemplate, type Template } from '../placeholders.ts';
import type { RunRow } from '../run.ts';

/** What a run's message is for one person. */
export interface Content {
  readonly text: string;
  readonly subject: string | undefined;
  readonly confirmUrl: string | undefined;
}

/** Who is told: number within the run, and what may be shown of the person. */
export interface Recipient {
  readonly no: number;
  readonly person: Readonly<Record<PersonName, string>>;
}

/** Address of the page on which the receiver of a mail confirms; undefined: this hub has no address for receivers. */
export type ConfirmUrlOf = (run: RunRow, no: number) => string | undefined;

const EVENT = 'event.';
const isPersonName = (name: string): name is PersonName => (PERSON_NAMES as readonly string[]).includes(name);

/** A text that was checked when it was stored; should a later release know it no more, it is sent as it stands. */
function compile(text: string): Template {
  const parsed = parseTemplate(text);
  return isFault(parsed) ? { names: [], render: () => text } : parsed;
}

/**
 * A code that the text does not show is announced at its end (specification of alerts 3.10, kind 3 of `confirm`): nobody could confirm otherwise.
 * The word before it does not take a text out of the alphabet in which its SMS are short.
 */
function announceCode(text: string, code: string): string {
  const word = /\p{Script=Cyrillic}/u.test(text) ? 'Код' : 'Code';
  return `${text}${/[.!?…\n]$/.test(text) ? '' : '.'} ${word}: ${code}`;
}

/** Whether a text shows the code: by its placeholder, or written out where the task sets it. */
const showsCode = (template: Template, text: string, code: string): boolean =>
  template.names.includes('code') || text.split(/[^\p{L}\p{N}]+/u).includes(code);

/** What is the same for all who are told. */
interface Prepared {
  readonly text: Template;
  readonly subject: Template | undefined;
  /** The code, where the text does not show it. */
  readonly announced: string | undefined;
}

function prepare({ frozen: { message, settings, code } }: RunRow): Prepared {
  const text = compile(message.text);
  return {
    text,
    subject: settings.subject === undefined ? undefined : compile(settings.subject),
    announced: code === null || showsCode(text, message.text, code) ? undefined : code,
  };
}

/** What people are told, person by person: the run's text and subject with their placeholders filled in. */
export function createMessageContent(confirmUrlOf: ConfirmUrlOf): (run: RunRow, target: Recipient) => Content {
  const prepared = new WeakMap<RunRow, Prepared>();
  return (run, { no, person }) => {
    const { frozen } = run;
    const ready = prepared.get(run) ?? prepare(run);
    prepared.set(run, ready);
    const { text, subject, announced } = ready;
    const now = text.names.includes('date') || text.names.includes('time') ? Temporal.Now.zonedDateTimeISO(frozen.zone) : undefined;
    const valueFor = (name: string): string | undefined => {
      if (isPersonName(name)) return person[name];
      if (name.startsWith(EVENT)) return eventValue(frozen.event, name.slice(EVENT.length));
      switch (name) {
        case 'date':
          return now?.toPlainDate().toLocaleString('ru-RU');
        case 'time':
          return now?.toPlainTime().toString({ smallestUnit: 'minute' });
        case 'task':
          return frozen.task;
        case 'run':
          return String(run.number);
        default:
          return frozen.code ?? undefined;
      }
    };
    const rendered = text.render(valueFor);
    return {
      text: announced === undefined ? rendered : announceCode(rendered, announced),
      subject: subject?.render(valueFor),
      confirmUrl: confirmUrlOf(run, no),
    };
  };
}

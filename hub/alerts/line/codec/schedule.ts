import { type DialWindow, NO_SCHEDULE, type Schedule, type StartRule, scheduleFault } from '../../schedule.ts';
import { type FieldCodec, isFault, optionNumber, readOptions, splitParts, unescapePart, writeOption } from './compound.ts';

/**
 * `shedule`: `0`; `1;<datetime>`; `2;<mask of 7, Monday first>;<HH:MM>,...`; `3;<day>;<HH:MM>`; then the options `w=<HH:MM>-<HH:MM>,...`, `tz=<zone>`
 * and `late=<minutes>` (specification of alerts 3.10). Empty is `0`.
 */
export const schedule: FieldCodec<Schedule> = {
  read(text) {
    const [kind, ...rest] = splitParts(text);
    if (kind === undefined) return { value: NO_SCHEDULE };
    const values = kind === '0' ? 0 : kind === '1' ? 1 : 2;
    const start = readStart(kind, rest.slice(0, values).map(unescapePart));
    if (typeof start === 'string') return { fault: start };
    const options = readOptions(rest.slice(values), ['w', 'tz', 'late']);
    if (isFault(options)) return options;
    const windows = readWindows(options.value.get('w'));
    if (windows === undefined)
      return { fault: `w=${options.value.get('w')} is no list of windows; right would be such as 09:00-18:00,20:00-02:00` };
    const read: Schedule = { start, windows, zone: options.value.get('tz') ?? null, late: optionNumber(options.value.get('late')) };
    const fault = scheduleFault(read);
    return fault === undefined ? { value: read } : { fault };
  },

  write({ start, windows, zone, late }) {
    const parts = [...writeStart(start)];
    if (windows.length > 0) parts.push(writeOption('w', windows.map(({ from, to }) => `${from}-${to}`).join(',')));
    if (zone !== null) parts.push(writeOption('tz', zone));
    if (late !== null) parts.push(writeOption('late', late));
    return parts.join(';');
  },
};

/** @returns a sentence for what is none */
function readStart(kind: string, values: readonly string[]): StartRule | string {
  const [first = '', second = ''] = values;
  switch (kind) {
    case '0':
      return { kind: 'none' };
    case '1':
      return { kind: 'once', at: first };
    case '2':
      if (!/^[01]{7}$/.test(first)) return `"${first}" is no mask of weekdays; right would be seven characters 0 and 1, Monday first`;
      return { kind: 'weekly', days: [...first].flatMap((mark, index) => (mark === '1' ? [index + 1] : [])), times: second.split(',') };
    case '3':
      return { kind: 'monthly', day: optionNumber(first) ?? Number.NaN, time: second };
    default:
      return `"${kind}" is no kind of schedule; right would be 0 to 3`;
  }
}

function writeStart(start: StartRule): string[] {
  switch (start.kind) {
    case 'none':
      return ['0'];
    case 'once':
      return ['1', start.at];
    case 'weekly':
      return ['2', [1, 2, 3, 4, 5, 6, 7].map((day) => (start.days.includes(day) ? '1' : '0')).join(''), start.times.join(',')];
    case 'monthly':
      return ['3', String(start.day), start.time];
  }
}

function readWindows(text: string | undefined): DialWindow[] | undefined {
  if (text === undefined) return [];
  const windows: DialWindow[] = [];
  for (const part of text.split(',')) {
    const [from = '', to, ...more] = part.split('-');
    if (to === undefined || more.length > 0) return undefined;
    windows.push({ from, to });
  }
  return windows;
}

import { channel } from 'node:diagnostics_channel';

/**
 * How components speak: they publish here and know nothing of logs, metrics or traces. Log and metrics subscribe.
 * Publishing without a subscriber costs one property read.
 */
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** One sentence for the log. `about` carries what a person needs to find the thing; never a secret or a body. */
export interface Note {
  readonly level: Level;
  /** The component, e.g. `tickets.feed`. */
  readonly from: string;
  readonly text: string;
  readonly about?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

export const noteChannel = channel('vestnik.note');

export interface Notes {
  debug(text: string, about?: Readonly<Record<string, unknown>>): void;
  info(text: string, about?: Readonly<Record<string, unknown>>): void;
  warn(text: string, about?: Readonly<Record<string, unknown>>, error?: unknown): void;
  error(text: string, about?: Readonly<Record<string, unknown>>, error?: unknown): void;
}

/** The voice of one component. @example const notes = notesOf('tickets.feed'); notes.warn('session taken over', { client }) */
export function notesOf(from: string): Notes {
  const say =
    (level: Level) =>
    (text: string, about?: Readonly<Record<string, unknown>>, error?: unknown): void => {
      if (!noteChannel.hasSubscribers) return;
      const note: Note = { level, from, text, ...(about && { about }), ...(error !== undefined && { error }) };
      noteChannel.publish(note);
    };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}

/** A number a component reports: a counter's increase or a histogram's observation, by the metric's name. */
export interface Measurement {
  readonly metric: string;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export const measureChannel = channel('vestnik.measure');

/** Reports one measurement of a metric that the module declares in its `metrics` list. */
export function measure(metric: string, value: number, labels?: Readonly<Record<string, string>>): void {
  if (!measureChannel.hasSubscribers) return;
  const measurement: Measurement = labels ? { metric, value, labels } : { metric, value };
  measureChannel.publish(measurement);
}

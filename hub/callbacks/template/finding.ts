/**
 * What the check at save found in a setting (spec callbacks 5.2, 5.6). Errors stop the save, warnings do not. `code` of an error is the
 * reason that REST answers (7.2): `template`, `position`, `template_xml`, `header_forbidden`, ...
 */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly setting: Setting;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  readonly variable?: string;
  /** The set of sample values that failed: `typical`, `empty`, `nasty`, `long`, `create`, `delete`. */
  readonly set?: string;
  readonly message: string;
  readonly russian: string;
}

export type Setting = 'url' | 'headers' | 'body';

/** One sentence for the person who edits the endpoint. */
export interface Sentence {
  readonly en: string;
  readonly ru: string;
}

interface About {
  readonly variable?: string;
  readonly set?: string;
}

/** Takes the findings of one setting; offsets are counted in its text. */
export interface FindingSink {
  error(code: string, offset: number, sentence: Sentence, about?: About): void;
  warning(code: string, offset: number, sentence: Sentence, about?: About): void;
}

/** A text of 256 KiB can hold 100,000 mistakes; nobody reads more than this many, and the answer stays small. */
const MOST_FINDINGS = 100;

/** A sink that writes into `findings`, with offsets of `text` turned into lines and columns. Past 100 findings of a severity the rest is dropped. */
export function sinkOf(findings: Finding[], setting: Setting, text: string): FindingSink {
  const starts = lineStarts(text);
  const count = { error: 0, warning: 0 };
  const add = (severity: Finding['severity'], code: string, offset: number, { en, ru }: Sentence, about: About = {}): void => {
    if (++count[severity] > MOST_FINDINGS) return;
    const line = lineOf(starts, offset);
    findings.push({ severity, code, setting, line, column: offset - starts[line - 1]! + 1, ...about, message: en, russian: ru });
  };
  return {
    error: (code, offset, sentence, about) => add('error', code, offset, sentence, about),
    warning: (code, offset, sentence, about) => add('warning', code, offset, sentence, about),
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || (unit === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

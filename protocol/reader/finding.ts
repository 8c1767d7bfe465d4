import { FINDING_TABLE, type FindingCode } from './finding-table.ts';

export type Severity = 'error' | 'warning' | 'info';
export type Language = 'en' | 'ru';

/** Something a person should know about a file (spec online-ticket 3.8). Plain data; the text is made by findingText. */
export type Finding = {
  severity: Severity;
  code: FindingCode;
  file: string;
  /** From 1; 0 when the finding is about the file as a whole. */
  line: number;
  /** From 1, in UTF-16 code units; 0 when the finding is about the file as a whole. */
  column: number;
  /** Bytes from the beginning of the file. */
  offset: number;
  /** Place in the document such as `/TICKETS/TICKET[2]/TAXES/TAX[3]/AMOUNT`, '' outside of any element. */
  path: string;
  /** Values for the placeholders of the message. */
  args: FindingArgs;
};

export type FindingArgs = Readonly<Record<string, string | number>>;

const QUOTED_LENGTH = 60;

/** The severity that a code always has. */
export function severityOf(code: FindingCode): Severity {
  return FINDING_TABLE[code].severity;
}

/** The sentence of a finding in English or Russian, without its place. Always one line without control characters. */
export function findingText(finding: Pick<Finding, 'code' | 'args'>, language: Language): string {
  return FINDING_TABLE[finding.code][language].replace(/\{(\w+)\}/g, (_, name: string) => printable(String(finding.args[name] ?? '?')));
}

/** Makes text of unknown origin fit to be shown in a terminal: control and invisible characters become U+FFFD, long text is cut. */
export function printable(text: string, length: number = QUOTED_LENGTH): string {
  const cut = text.length > length ? `${text.slice(0, length)}...` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/**
 * Gathers findings with a bound for each severity, so that a file of nothing but faults costs no more memory than a good one; the counts go on.
 */
export class FindingList {
  readonly kept: Finding[] = [];
  readonly counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  readonly #bound: number;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Counts a finding and keeps it while there is room; only then it is made. */
  add(severity: Severity, make: () => Finding): void {
    this.counts[severity] += 1;
    if (this.counts[severity] <= this.#bound) this.kept.push(make());
  }
}

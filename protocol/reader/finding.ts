import { FINDING_TABLE, type FindingCode, SEVERITIES, type Severity } from './finding-table.ts';

export { SEVERITIES, type Severity };
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

/** A value that is not data but words of ours. */
export type Bilingual = Readonly<Record<Language, string>>;
export type FindingArgs = Readonly<Record<string, string | number | Bilingual>>;

const QUOTED_LENGTH = 60;

/** The severity that a code always has. */
export function severityOf(code: FindingCode): Severity {
  return FINDING_TABLE[code].severity;
}

/** The sentence of a finding in English or Russian, without its place. Always one line without control characters. */
export function findingText(finding: Pick<Finding, 'code' | 'args'>, language: Language): string {
  return FINDING_TABLE[finding.code][language].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = finding.args[name] ?? '?';
    return typeof value === 'object' ? value[language] : printable(String(value));
  });
}

/** Makes text of unknown origin fit to be shown in a terminal: control and invisible characters become U+FFFD. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** Cuts a quoted value to the length that a message can bear. */
export function shorten(text: string): string {
  return text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}...` : text;
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

  /** Takes over another list, which may itself have kept fewer findings than it counted. */
  addAll(findings: readonly Finding[], counts: Readonly<Record<Severity, number>>): void {
    const room = { error: 0, warning: 0, info: 0 };
    for (const severity of SEVERITIES) {
      room[severity] = this.#bound - this.counts[severity];
      this.counts[severity] += counts[severity];
    }
    for (const finding of findings) {
      if (room[finding.severity]-- > 0) this.kept.push(finding);
    }
  }
}

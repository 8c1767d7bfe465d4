import { detach } from '../reader/detach.ts';
import type { ReadDocument, ReadResult } from '../reader/document.ts';
import { type Finding, type FindingArgs, FindingList, type Severity, severityOf } from '../reader/finding.ts';
import type { FindingCode } from '../reader/finding-table.ts';
import { type Decimal, formatDecimal } from './decimal.ts';
import { Links } from './links.ts';
import { Sequences } from './sequences.ts';
import { type Spot, spotOf } from './spot.ts';
import { priceOf, wrongSums } from './sums.ts';

/** What the check found. `counts` are the true numbers; of each severity the first 1,000 findings are kept. */
export type CheckReport = { findings: Finding[]; counts: Record<Severity, number>; totals: CheckTotals };

export type CheckTotals = {
  files: number;
  /** Files with at least one error. */
  damagedFiles: number;
  documents: number;
  /** Number of documents of each TYPE ('' where it is missing), the most frequent first. */
  types: { type: string; documents: number }[];
  /** Prices of the documents by OPTYPE, as exact decimal strings; a record that came twice counts once. */
  money: { currency: string; sales: string; refunds: string }[];
};

const KEPT_FINDINGS = 1000;
/** Currencies and types come from the files; beyond this many different ones they are gathered under the last. */
const KEPT_KINDS = 200;
const OTHER_KINDS = '...';

/**
 * The check across files (end of spec online-ticket 3.8): duplicates, links without partner, coupon and payment sums, gaps in our file names.
 * States: taking results one by one (add, unreadable) -> finished (finish, once). Of each document only a short record is kept.
 * @example
 * const check = new Check();
 * for (const path of paths) check.add(readTickets(await readFile(path), path));
 * console.log(renderReport(check.finish(), 'ru'));
 */
export class Check {
  readonly #findings = new FindingList(KEPT_FINDINGS);
  readonly #seen = new Map<string, { place: string; fingerprint: string }>();
  readonly #links = new Links();
  readonly #sequences = new Sequences();
  readonly #types = new Map<string, number>();
  readonly #money = new Map<string, { sales: Decimal; refunds: Decimal }>();
  #files = 0;
  #damagedFiles = 0;
  #documents = 0;

  /** Takes what the reader made of one file. */
  add(result: ReadResult): void {
    const errorsBefore = this.#findings.counts.error;
    this.#files++;
    this.#sequences.add(result.file);
    this.#findings.addAll(result.findings, result.counts);
    for (const document of result.documents) this.#addDocument(document);
    if (this.#findings.counts.error > errorsBefore) this.#damagedFiles++;
  }

  /** Notes a file that could not even be opened. Its name still counts in the numbering of its folder. */
  unreadable(file: string, why: string): void {
    this.#files++;
    this.#damagedFiles++;
    this.#sequences.add(file);
    this.#find('UNREADABLE', wholeFile(file), { why });
  }

  /** Judges what only all files together can tell, and gives the report. */
  finish(): CheckReport {
    for (const { code, element, number, spot } of this.#links.unanswered()) this.#find(code, inside(spot, element), { number });
    for (const { folder, code, args } of this.#sequences.faults()) this.#find(code, wholeFile(folder), args);
    const types = [...this.#types].sort((a, b) => b[1] - a[1]);
    const totals: CheckTotals = {
      files: this.#files,
      damagedFiles: this.#damagedFiles,
      documents: this.#documents,
      types: types.map(([type, documents]) => ({ type, documents })),
      money: [...this.#money].map(([currency, { sales, refunds }]) => ({
        currency,
        sales: formatDecimal(sales),
        refunds: formatDecimal(refunds),
      })),
    };
    return { findings: this.#findings.kept, counts: this.#findings.counts, totals };
  }

  #addDocument(document: ReadDocument): void {
    const spot = spotOf(document);
    const type = kindIn(this.#types, document.type ?? '');
    this.#documents++;
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
    for (const { code, element, args } of wrongSums(document)) this.#find(code, inside(spot, element), args);
    for (const name of this.#links.add(document)) this.#find('LINK_SELF', inside(spot, name), { name });
    if (document.number !== undefined) {
      const before = this.#seen.get(document.identity);
      if (before !== undefined) {
        const code = before.fingerprint === document.fingerprint ? 'DUPLICATE' : 'DUPLICATE_DIFFERS';
        this.#find(code, spot, { other: before.place });
        return;
      }
      this.#seen.set(document.identity, { place: `${document.file}:${document.line}`, fingerprint: document.fingerprint });
    }
    this.#addMoney(document);
  }

  #addMoney(document: ReadDocument): void {
    const price = priceOf(document);
    if (price === undefined) return;
    const currency = kindIn(this.#money, document.currency ?? '');
    const sums = this.#money.get(currency) ?? { sales: 0n, refunds: 0n };
    if (document.opType === 'REFUND') sums.refunds += price.value;
    else sums.sales += price.value;
    this.#money.set(currency, sums);
  }

  #find(code: FindingCode, spot: Spot, args: FindingArgs): void {
    const severity = severityOf(code);
    this.#findings.add(severity, () => ({ severity, code, ...spot, args }));
  }
}

function kindIn(kinds: ReadonlyMap<string, unknown>, kind: string): string {
  if (kinds.has(kind)) return kind;
  return kinds.size < KEPT_KINDS ? detach(kind) : OTHER_KINDS;
}

function inside(spot: Spot, element: string): Spot {
  return { ...spot, path: `${spot.path}/${element}` };
}

function wholeFile(file: string): Spot {
  return { file, line: 0, column: 0, offset: 0, path: '' };
}

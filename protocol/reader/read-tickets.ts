import { detach } from './detach.ts';
import type { ReadDocument, ReadResult } from './document.ts';
import { type Element, pathInTicket } from './element.ts';
import { type Decoded, declaredEncoding, decodeXml, needsOtherEncoding } from './encoding.ts';
import { type Finding, type FindingArgs, FindingList, severityOf, shorten } from './finding.ts';
import type { FindingCode } from './finding-table.ts';
import { interpret } from './interpret.ts';
import { createLocator, type Locator, type Place } from './locator.ts';
import { findDocument, resumeAfter } from './prolog.ts';
import type { Scope, Source } from './rules.ts';
import { MAX_TICKET_PARTS, type ScanEnd, scanDocument } from './scan.ts';

/** Bytes of a file that are read (spec online-ticket 3.8). A caller that reads one byte more from the disk still gets TOO_LARGE. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_TICKETS = 50_000;
const MAX_DOCUMENTS = 50_000;
const MAX_FAULTS = 100;
const MAX_ENCODING_SWITCHES = 16;
const KEPT_FINDINGS = 500;

/**
 * The tolerant reader: takes the bytes of a file as they occur in the wild and returns what could be read and what was wrong with it. It never
 * throws on content, and time and memory grow at most with the size of the file. A kind of `info` is told once a file for each place in the tree.
 * @param file the name used in findings and in the identity of records without a number
 * @example
 * const { documents, findings } = readTickets(await readFile(path), path);
 * for (const finding of findings) console.log(finding.line, findingText(finding, 'en'));
 */
export function readTickets(bytes: Uint8Array, file: string): ReadResult {
  return new TicketFile(bytes, file).read();
}

/** Text that was decoded in one go: the whole file, or its rest from a document on that declares another encoding. */
type Stretch = Decoded & { locate: Locator };

/**
 * One file being read. States: seeking a document (findDocument) -> scanning it (scanDocument) -> seeking the next after its end, or after a
 * fault at the next place where a document can begin -> finished, when there is none, a bound was reached or the sink said stop.
 */
class TicketFile {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  readonly #tooLarge: number | undefined;
  readonly #findings = new FindingList(KEPT_FINDINGS);
  readonly #told = new Set<string>();
  readonly #documents: ReadDocument[] = [];
  #stretch: Stretch;
  #roots = 0;
  #rootName = '';
  #tickets = 0;
  #ticketsInRoot = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#tooLarge = bytes.length > MAX_FILE_BYTES ? bytes.length : undefined;
    this.#bytes = bytes.subarray(0, MAX_FILE_BYTES);
    this.#file = file;
    this.#stretch = this.#decode(0, { line: 1, column: 1 });
  }

  read(): ReadResult {
    const encoding = this.#stretch.encoding;
    this.#readDocuments();
    if (this.#tooLarge !== undefined) {
      this.#tell('TOO_LARGE', this.#stretch.text.length, '', { size: this.#tooLarge, limit: MAX_FILE_BYTES });
    }
    if (this.#findings.counts.error === 0 && this.#tickets === 0) this.#tell(this.#roots === 0 ? 'EMPTY' : 'NO_TICKETS', 0, '');
    return {
      file: this.#file,
      encoding,
      documents: this.#documents,
      findings: this.#findings.kept,
      counts: this.#findings.counts,
    };
  }

  #readDocuments(): void {
    let faults = 0;
    let switches = 0;
    for (let at = 0; at >= 0; ) {
      const found = findDocument(this.#stretch.text, at);
      if (found.skipped !== undefined) this.#tell('TEXT_OUTSIDE', found.skipped, '');
      if (found.kind === 'end') return;
      const from = found.kind === 'document' ? found.at : found.from;
      if (from > 0 && switches < MAX_ENCODING_SWITCHES && this.#declaresOther(from)) {
        switches++;
        const place = this.#stretch.locate(from);
        this.#stretch = this.#decode(place.offset, place);
        at = 0;
        continue;
      }
      if (this.#roots === MAX_DOCUMENTS) {
        this.#tell('TOO_MANY_DOCUMENTS', from, '', { limit: MAX_DOCUMENTS });
        return;
      }
      const end: ScanEnd = found.kind === 'document' ? this.#scan(from) : { ...found, args: {}, open: [] };
      this.#tellBrokenText(end);
      if (end.kind === 'stopped') return;
      if (end.kind === 'closed') {
        at = end.next;
        continue;
      }
      this.#tellFault(end);
      if (++faults > MAX_FAULTS) {
        this.#tell('TOO_MANY_FAULTS', end.at, '', { limit: MAX_FAULTS });
        return;
      }
      at = resumeAfter(this.#stretch.text, from, end);
    }
  }

  #scan(from: number): ScanEnd {
    return scanDocument(this.#stretch.text, from, {
      root: (name, at) => {
        if (++this.#roots > 1) this.#tell('CONCATENATED', from, '');
        this.#rootName = name;
        this.#ticketsInRoot = name === 'TICKET' ? -1 : 0;
        if (name !== 'TICKETS') this.#tell('ROOT_NAME', at, `/${name}`, { name });
      },
      ticket: (element, end) => this.#takeTicket(element, end),
      oversized: (at) => {
        this.#tickets++;
        this.#tell('TICKET_TOO_LARGE', at, this.#ticketPath(), { limit: MAX_TICKET_PARTS });
      },
      stray: (name, at) => this.#tell('UNKNOWN_ELEMENT', at, `/${this.#rootName}/${name}`, { name }),
    });
  }

  #takeTicket(element: Element, end: number): boolean {
    if (this.#tickets === MAX_TICKETS) {
      this.#tell('TOO_MANY_TICKETS', element.at, '', { limit: MAX_TICKETS });
      return false;
    }
    this.#tickets++;
    const path = this.#ticketPath();
    if (++this.#ticketsInRoot === 2) this.#tell('SEVERAL_TICKETS', element.at, path);
    const start = this.#stretch.locate(element.at);
    const scope: Scope = { extra: new Map(), extraCut: false, report: (code, source, args) => this.#report(code, source, path, args) };
    const standing = {
      file: this.#file,
      position: this.#tickets,
      line: start.line,
      column: start.column,
      path,
      bytes: { start: start.offset, end: this.#stretch.locate(end).offset },
      xml: this.#stretch.text.slice(element.at, end),
    };
    this.#documents.push(interpret(element, standing, scope));
    return true;
  }

  #ticketPath(): string {
    return this.#rootName === 'TICKET' ? '/TICKET' : `/${this.#rootName}/TICKET[${this.#tickets}]`;
  }

  #report(code: FindingCode, source: Source, ticket: string, args: FindingArgs = {}): void {
    const { element, attribute } = source;
    const severity = severityOf(code);
    if (severity === 'info') {
      const kind = `${code} ${element.parent?.name}/${element.name}@${attribute} ${code === 'OTHER_VALUE' ? args['value'] : ''}`;
      if (this.#told.has(kind)) return;
      if (this.#told.size < KEPT_FINDINGS) this.#told.add(kind);
    }
    this.#findings.add(severity, () => {
      const inner = pathInTicket(element);
      const path = `${ticket}${inner === '' ? '' : `/${inner}`}${attribute === undefined ? '' : `/@${attribute}`}`;
      return this.#finding(code, element.at, path, args);
    });
  }

  #tell(code: FindingCode, at: number, path: string, args: FindingArgs = {}): void {
    this.#findings.add(severityOf(code), () => this.#finding(code, at, path, args));
  }

  #finding(code: FindingCode, at: number, path: string, args: FindingArgs): Finding {
    return { severity: severityOf(code), code, file: this.#file, ...this.#stretch.locate(at), path, args: quoted(args) };
  }

  #tellFault(fault: Extract<ScanEnd, { kind: 'fault' }>): void {
    // The end of what was read of too large a file is no fault of the file.
    if (fault.code === 'TRUNCATED' && fault.at === this.#stretch.text.length && this.#tooLarge !== undefined) return;
    let ticket = `TICKET[${this.#tickets + 1}]`;
    const path = fault.open.map((name) => {
      if (name !== 'TICKET') return `/${name}`;
      const step = `/${ticket}`;
      ticket = name;
      return step;
    });
    this.#tell(fault.code, fault.at, path.join(''), fault.args);
  }

  #tellBrokenText(end: ScanEnd): void {
    const { illFormed, text, encoding } = this.#stretch;
    const reached = end.kind === 'closed' ? end.next : end.kind === 'fault' ? end.at : text.length;
    if (illFormed < 0 || illFormed > reached) return;
    this.#tell('BROKEN_TEXT', illFormed, '', { encoding });
    this.#stretch.illFormed = -1;
  }

  #declaresOther(from: number): boolean {
    return needsOtherEncoding(declaredEncoding(this.#stretch.text, from), this.#stretch.encoding);
  }

  #decode(offset: number, at: Omit<Place, 'offset'>): Stretch {
    const bytes = this.#bytes.subarray(offset);
    const decoded = decodeXml(bytes);
    const start = { line: at.line, column: at.column, offset: offset + decoded.bom };
    const locate = createLocator(decoded.text, bytes.subarray(decoded.bom), decoded.encoding, start);
    const stretch = { ...decoded, locate };
    this.#stretch = stretch;
    for (const note of decoded.notes) this.#tell(note.code, 0, '', note.args);
    return stretch;
  }
}

/** Values of a finding are shown and kept in short, and without the file they were cut from. */
function quoted(args: FindingArgs): FindingArgs {
  const made: Record<string, FindingArgs[string]> = {};
  for (const [name, value] of Object.entries(args)) made[name] = typeof value === 'string' ? detach(shorten(value)) : value;
  return made;
}

import { readdirSync, readFileSync } from 'node:fs';
import type { ReadResult } from '../reader/document.ts';
import { readTickets } from '../reader/read-tickets.ts';

/** What the tests of the reader share: fixtures, small files, findings in short. */

const FOLDER = new URL('./fixtures/', import.meta.url);

export const FIXTURES: readonly string[] = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'));

export function fixture(name: string): Buffer {
  return readFileSync(new URL(name, FOLDER));
}

export function readFixture(name: string): ReadResult {
  return readTickets(fixture(name), name);
}

/** Reads text as UTF-8 bytes under the name t.xml. */
export function readText(text: string): ReadResult {
  return readTickets(new TextEncoder().encode(text), 't.xml');
}

/** A complete file around the content of one TICKET; without TYPE and so on when `content` has none. */
export function readContent(content: string): ReadResult {
  const base = '<TYPE>ETICKET</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE>';
  return readText(`<TICKETS><TICKET>${base}${content}</TICKET></TICKETS>`);
}

export function codes(result: ReadResult): string[] {
  return result.findings.map((finding) => `${finding.severity} ${finding.code}`);
}

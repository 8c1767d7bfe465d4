/**
 * Takes a mail apart as far as a report about a delivery needs it: headers, and the parts of multiparts inside each other. It reads a text whose
 * characters are bytes (latin1) and is made for hostile input: each line is looked at a bounded number of times, depth and number of parts are limited, and
 * what is cut off or contradicts itself gives fewer parts, never a failure.
 */
export interface MimePart {
  /** Names in lower case; the first of equal ones counts. Folded lines are joined. */
  readonly headers: ReadonlyMap<string, string>;
  /** Media type in lower case: `multipart/report`; `text/plain` where none is given. */
  readonly type: string;
  readonly body: string;
  readonly parts: readonly MimePart[];
}

const DEEPEST = 4;
const PARTS_MOST = 32;
const HEADER_LINES_MOST = 400;
const VALUE_MOST = 4096;

const HEADER = /^([!-9;-~]{1,76}):[ \t]*(.*)$/;
const BOUNDARY = /;[ \t]*boundary=(?:"([^"]{1,200})"|([^\s";]{1,200}))/i;

/** Header fields of a block of lines; what is no field is left out. Also reads the fields of a delivery status, which have the same form. */
export function readFields(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of lines.slice(0, HEADER_LINES_MOST)) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      const value = name === undefined ? undefined : fields.get(name);
      if (name !== undefined && value !== undefined && value.length < VALUE_MOST)
        fields.set(name, `${value} ${line.trim()}`.slice(0, VALUE_MOST));
      continue;
    }
    const found = HEADER.exec(line.slice(0, VALUE_MOST));
    const key = found?.[1]?.toLowerCase();
    name = key !== undefined && !fields.has(key) ? key : undefined;
    if (name !== undefined) fields.set(name, (found?.[2] ?? '').trim());
  }
  return fields;
}

interface Budget {
  parts: number;
}

function readLines(lines: readonly string[], depth: number, budget: Budget): MimePart {
  const blank = lines.indexOf('');
  const head = blank < 0 ? lines : lines.slice(0, blank);
  const rest = blank < 0 ? [] : lines.slice(blank + 1);
  const headers = readFields(head);
  const content = headers.get('content-type') ?? 'text/plain';
  const type = (content.split(';', 1)[0] ?? '').trim().toLowerCase();
  const boundary = BOUNDARY.exec(content);
  const mark = boundary?.[1] ?? boundary?.[2];
  const parts: MimePart[] = [];
  if (type.startsWith('multipart/') && mark !== undefined && depth < DEEPEST) {
    let begin: number | undefined;
    for (let at = 0; at <= rest.length; at++) {
      const line = rest[at]?.trimEnd();
      const last = line === `--${mark}--`;
      if (line !== undefined && line !== `--${mark}` && !last) continue;
      if (begin !== undefined && budget.parts > 0) {
        budget.parts--;
        parts.push(readLines(rest.slice(begin, at), depth + 1, budget));
      }
      begin = at + 1;
      if (last || budget.parts === 0) break;
    }
  }
  return { headers, type, body: rest.join('\n'), parts };
}

/** @param mail the bytes of a mail, or of its beginning */
export function readMail(mail: Uint8Array): MimePart {
  const text = Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength).toString('latin1');
  return readLines(text.split(/\r?\n/), 0, { parts: PARTS_MOST });
}

/** The body of a part as text, its transfer encoding undone. */
export function decodedBody({ headers, body }: MimePart): string {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') {
    const bytes = body
      .replace(/=[ \t]*\n/g, '')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  return Buffer.from(body, 'latin1').toString('utf8');
}

import type * as z from 'zod';
import { compileAcceptor } from './acceptor.ts';
import { checkPrecision } from './amounts.ts';
import { DOCUMENT_TYPES, type DocumentType } from './codes.ts';
import { collectFaults, type FaultCollector } from './fault-collector.ts';
import { type Fault, type FaultCode, shown } from './faults.ts';
import { hasForbiddenCharacter } from './scalars.ts';
import {
  type Document,
  documentSchemas,
  type FromHistory,
  historySchemas,
  MAX_DOCUMENTS,
  type Operation,
  operationSchema,
} from './schema.ts';

export { parseJson } from './json.ts';

type Family = keyof typeof historySchemas;

const FAMILY_OF: Record<DocumentType, Family> = {
  ETICKET: 'air',
  TICKET: 'air',
  MCO: 'air',
  EMD: 'air',
  RECEIPT: 'air',
  AE_TICKET: 'aeroexpress',
  TRAIN_TICKET: 'rail',
  EINSURCAR: 'insurance',
};
const FAMILIES = Object.keys(historySchemas) as Family[];

/**
 * Checks each field of a control message (spec 2.2) and fills in the defaults: `source`, `cancels` of a voided document, `mcoType` of a
 * penalty. Rules between fields are validate.ts; documents `from: 'history'` are completed by history.ts.
 * Faults carry the codes of spec 2.4 and are listed all, up to 100. Never throws on content.
 */
export function parseOperation(
  value: unknown,
  defaults: { source: string },
): { ok: true; operation: Operation } | { ok: false; faults: Fault[] } {
  const faults = collectFaults();
  const head = check(operationSchema, value);
  if (!head.success) {
    addIssues(head.error.issues, value, [], faults);
  }
  const documents: (Document | FromHistory)[] = [];
  const sent = isRecord(value) && Array.isArray(value['documents']) ? value['documents'].slice(0, MAX_DOCUMENTS) : [];
  for (let index = 0; index < sent.length && !faults.isFull(); index++) {
    const document = parseDocument(sent[index], ['documents', index], faults);
    if (document !== undefined) {
      documents.push(document);
    }
  }
  if (!head.success || faults.faults.length > 0) {
    return { ok: false, faults: faults.faults };
  }
  return { ok: true, operation: { ...head.data, source: head.data.source ?? defaults.source, documents } };
}

/**
 * Checks one whole document and fills in its defaults. Used for the documents of a message and for those merged from history.
 * Undefined when it added faults, whose paths begin with `path`.
 */
export function parseWholeDocument(
  raw: Record<string, unknown>,
  path: readonly PropertyKey[],
  faults: FaultCollector,
): Document | undefined {
  const type = raw['type'];
  if (!isDocumentType(type)) {
    const code = type === undefined ? 'REQUIRED' : typeof type === 'string' ? 'BAD_FORMAT' : 'BAD_TYPE';
    faults.add(code, [...path, 'type'], sentence(code, `one of ${DOCUMENT_TYPES.join(', ')}`, type));
    return undefined;
  }
  const before = faults.faults.length;
  const parsed = check(documentSchemas[type], raw);
  if (!parsed.success) {
    addIssues(parsed.error.issues, raw, path, faults);
    return undefined;
  }
  const document = withMcoType(withCancels<Document>(parsed.data), path, faults);
  checkPrecision(document, path, faults);
  return faults.faults.length === before ? document : undefined;
}

function parseDocument(raw: unknown, path: readonly PropertyKey[], faults: FaultCollector): Document | FromHistory | undefined {
  if (!isRecord(raw)) {
    faults.add('BAD_TYPE', path, sentence('BAD_TYPE', 'an object', raw));
    return undefined;
  }
  if (!Object.hasOwn(raw, 'from')) {
    return parseWholeDocument(raw, path, faults);
  }
  const parsed = check(historySchemas[historyFamily(raw)], raw);
  if (!parsed.success) {
    addIssues(parsed.error.issues, raw, path, faults);
    return undefined;
  }
  return withCancels<FromHistory>(parsed.data);
}

/**
 * The family whose schema judges a document from history: that of its type; without a type the first family that accepts it, and if none
 * does, the one that knows most of its fields.
 */
function historyFamily(raw: Record<string, unknown>): Family {
  const type = raw['type'];
  if (type !== undefined) {
    return isDocumentType(type) ? FAMILY_OF[type] : 'air';
  }
  let best: Family = 'air';
  let fewest = Number.POSITIVE_INFINITY;
  for (const family of FAMILIES) {
    const complaints = complaintsOf(historySchemas[family].safeParse(raw));
    if (complaints < fewest) {
      best = family;
      fewest = complaints;
    }
    if (fewest === 0) {
      break;
    }
  }
  return best;
}

function complaintsOf(parsed: z.ZodSafeParseResult<unknown>): number {
  let complaints = 0;
  for (const issue of parsed.error?.issues ?? []) {
    complaints += issue.code === 'unrecognized_keys' ? issue.keys.length * 1_000 : 1;
  }
  return complaints;
}

function withCancels<Given extends Document | FromHistory>(document: Given): Given {
  return document.role === 'voided' && document.cancels === undefined ? { ...document, cancels: 'sale' } : document;
}

function withMcoType(document: Document, path: readonly PropertyKey[], faults: FaultCollector): Document {
  if ((document.type !== 'MCO' && document.type !== 'EMD') || document.mcoType !== undefined) {
    return document;
  }
  if (document.role === 'penalty') {
    return { ...document, mcoType: 'PENALTY' };
  }
  faults.add('REQUIRED', [...path, 'mcoType'], `is required: ${document.type} must say what it is for (PENALTY, EXC_BAGG, SERVICE, ...)`);
  return document;
}

type Checked<Output> = { success: true; data: Output } | { success: false; error: z.core.$ZodError };

/** What `schema.safeParse` gives, but quickly when the value is right. */
function check<Schema extends z.ZodType>(schema: Schema, value: unknown): Checked<z.infer<Schema>> {
  return compileAcceptor(schema)(value) ? { success: true, data: value as z.infer<Schema> } : schema.safeParse(value);
}

function addIssues(issues: readonly z.core.$ZodIssue[], raw: unknown, path: readonly PropertyKey[], faults: FaultCollector): void {
  for (const issue of issues) {
    if (faults.isFull()) {
      return;
    }
    const at = [...path, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        faults.add('UNKNOWN_FIELD', [...at, key], `the field "${shown(key)}" is not known here`);
      }
      continue;
    }
    const sent = valueAt(raw, issue.path);
    const code = codeOf(issue, sent);
    faults.add(code, at, sentence(code, issue.message, sent));
  }
}

function codeOf(issue: z.core.$ZodIssue, sent: unknown): FaultCode {
  switch (issue.code) {
    case 'custom':
      return issue.params?.['fault'] as FaultCode;
    case 'too_big':
      return issue.origin === 'array' ? 'TOO_MANY' : 'BAD_FORMAT';
    case 'too_small':
      return issue.origin === 'array' ? 'REQUIRED' : 'BAD_FORMAT';
    case 'invalid_value':
      if (typeof sent === 'string') {
        return hasForbiddenCharacter(sent) ? 'TEXT_NOT_ALLOWED' : 'BAD_FORMAT';
      }
      return sent === undefined ? 'REQUIRED' : 'BAD_TYPE';
    default:
      if (sent === undefined) {
        return 'REQUIRED';
      }
      return typeof sent === 'number' && issue.code === 'invalid_type' && issue.expected === 'int' ? 'BAD_FORMAT' : 'BAD_TYPE';
  }
}

/** What is wrong and what would be right. `form` says the right form: "an amount as text such as ...". */
function sentence(code: FaultCode, form: string, sent: unknown): string {
  switch (code) {
    case 'REQUIRED':
      return `is required: ${form}`;
    case 'BAD_TYPE':
      return `must be ${form}; it is ${kindOf(sent)}`;
    case 'TEXT_NOT_ALLOWED':
      return `has a character that XML cannot carry; must be ${form}`;
    case 'TOO_LONG':
      return `is too long; must be ${form}`;
    case 'TOO_MANY':
      return `has too many items; must be ${form}`;
    default:
      return `must be ${form}`;
  }
}

function kindOf(value: unknown): string {
  if (value === null) {
    return 'null';
  }
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDocumentType(value: unknown): value is DocumentType {
  return (DOCUMENT_TYPES as readonly unknown[]).includes(value);
}

import { type HubError, toHubError } from '../../core/errors.ts';
import type { RefusalReason } from '../refusals.ts';
import type { LineErrorCode } from './codec/errors.ts';

/** A request is refused with a code of the line protocol; the rest of what was thrown is nobody's business on the wire. */
export class LineRefusal extends Error {
  readonly code: LineErrorCode;

  constructor(code: LineErrorCode) {
    super(code);
    this.name = 'LineRefusal';
    this.code = code;
  }
}

/** @throws LineRefusal ERR_BADSYNTAX for a field that could not be read; otherwise the field. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new LineRefusal('ERR_BADSYNTAX');
  return value;
}

/** Codes for what a use case refuses, by its reason; `other` for every other refusal. */
export type RefusalCodes = Readonly<Partial<Record<RefusalReason, LineErrorCode>>> & { readonly other: LineErrorCode };

/**
 * The code that answers what was thrown.
 * @returns undefined for what the command has no code for: the connection is closed then, nothing false is said
 */
export function codeOf(error: unknown, codes: RefusalCodes | undefined): LineErrorCode | undefined {
  if (error instanceof LineRefusal) return error.code;
  const known: HubError = toHubError(error);
  if (known.code === 'FORBIDDEN') return 'ERR_NOACCESS';
  return codes?.[known.reason as RefusalReason] ?? codes?.other;
}

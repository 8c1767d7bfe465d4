/** Which answers end a delivery (spec 4, `success` and `success_body`): status 200 alone in the original. */

/** Bytes of an answer in which `success_body` is looked for. */
const LOOKED_AT = 65_536;

export interface SuccessBody {
  /** A text that the answer must hold, or null. */
  readonly contains: string | null;
  /** A text that it must not hold, such as `Fault>` of a SOAP fault sent with status 200, or null. */
  readonly lacks: string | null;
}

/** Tells what is missing for success; undefined: it is one. */
export type SuccessRule = (status: number, body: Uint8Array) => 'status' | 'body_lacks_text' | 'body_has_text' | undefined;

/** What a receiver can answer in the end; 1xx is never the last word and 3xx is a redirect, which is not followed and fails. */
const CODE = /^(?:[245]\d\d|[245]xx)$/;

/** The code or class in its one spelling, `200` or `2xx`; undefined when it is neither. */
export function successCode(item: string | number): string | undefined {
  const text = String(item).trim().toLowerCase();
  return CODE.test(text) ? text : undefined;
}

/** Made once an endpoint. @param codes as `successCode` spells them. */
export function compileSuccess(codes: readonly string[], body: SuccessBody): SuccessRule {
  const exact = new Set(codes.filter((code) => !code.endsWith('xx')).map(Number));
  const classes = new Set(codes.filter((code) => code.endsWith('xx')).map((code) => Number(code[0])));
  const contains = body.contains === null ? undefined : Buffer.from(body.contains, 'utf8');
  const lacks = body.lacks === null ? undefined : Buffer.from(body.lacks, 'utf8');
  return (status, answer) => {
    if (!exact.has(status) && !classes.has(Math.floor(status / 100))) return 'status';
    if (!contains && !lacks) return undefined;
    const seen = Buffer.from(answer.buffer, answer.byteOffset, Math.min(answer.byteLength, LOOKED_AT));
    if (contains && !seen.includes(contains)) return 'body_lacks_text';
    if (lacks && seen.includes(lacks)) return 'body_has_text';
    return undefined;
  };
}

import * as z from 'zod';

/**
 * Request bins (spec 6.6): an address of this hub that keeps what comes, shows it, and answers as it is set to, so that templates and retries can
 * be tried without a receiver.
 */

/** Types that an answer may have. HTML is not among them: the hub serves nothing that a browser would run. */
export const BIN_ANSWER_TYPES = ['text/plain', 'text/xml', 'application/xml', 'application/soap+xml', 'application/json'] as const;

/** Longest answer, characters. */
const MOST_ANSWER = 65_536;

const fields = {
  status: z.int().min(200).max(599).meta({ description: 'HTTP status' }),
  delay: z.number().min(0).max(30).meta({ description: 'Seconds before it answers' }),
  body: z.string().max(MOST_ANSWER),
  content_type: z.enum(BIN_ANSWER_TYPES),
  retry_after: z.int().min(0).max(86_400).nullable().meta({ description: 'Header Retry-After, seconds' }),
  close: z.boolean().meta({ description: 'Close the connection instead of answering' }),
};

export const binAnswer = z.strictObject(fields);
export type BinAnswer = z.output<typeof binAnswer>;

export const USUAL_ANSWER: BinAnswer = { status: 200, delay: 0, body: '', content_type: 'text/plain', retry_after: null, close: false };

const name = z.string().trim().min(1).max(200);
const someAnswer = z.strictObject(fields).partial();

export const newBinInput = z.strictObject({
  name: name.default('Request bin'),
  organization_id: z.int().positive().nullable().default(null).meta({ description: 'Owner; null: the hub itself' }),
  answer: someAnswer.default({}),
});
export type NewBinInput = z.output<typeof newBinInput>;

export const binChange = z.strictObject({ name: name.optional(), answer: someAnswer.optional() });
export type BinChange = z.output<typeof binChange>;

/** The answer with some of its fields changed; what is not given stays. */
export const changedAnswer = (answer: BinAnswer, change: BinChange['answer'] = {}): BinAnswer => binAnswer.parse({ ...answer, ...change });

/** How a request came into a bin. */
export type BinVia = 'delivery' | 'test' | 'http';

/** Statuses whose answers have no body. */
const BODYLESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** What an answer looks like on the wire. */
export function answerParts({ status, body, content_type, retry_after }: BinAnswer): {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
} {
  const headers: (readonly [string, string])[] = [];
  const bytes = BODYLESS.has(status) ? Buffer.alloc(0) : Buffer.from(body);
  if (!BODYLESS.has(status)) headers.push(['content-type', `${content_type}; charset=utf-8`], ['content-length', String(bytes.length)]);
  if (retry_after !== null) headers.push(['retry-after', String(retry_after)]);
  return { status, headers, body: bytes };
}

import type { HubProcess } from './hub-process.ts';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  // What a test expects of an answer is said by the test.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

export interface RestRequest extends Promise<RestAnswer> {
  /** The answer, when it has this status. @throws Error with the answer's text otherwise. */
  expect(status: number): Promise<RestAnswer>;
}

const DEADLINE = 30_000;

/**
 * Calls the hub's REST interface as its administrator, or as another operator.
 * @param path below /api/v1. @param body an object is sent as JSON; text and bytes as they are, with the content type of `headers`.
 */
export function rest(
  hub: Pick<HubProcess, 'http' | 'authorization'>,
  method: string,
  path: string,
  body?: object | string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): RestRequest {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const ask = async (): Promise<RestAnswer> => {
    const response = await fetch(`${hub.http}/api/v1${path}`, {
      method,
      headers: {
        ...(hub.authorization !== '' && { authorization: hub.authorization }),
        ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE),
    });
    const bytes = await response.bytes();
    const text = Buffer.from(bytes).toString('utf8');
    const json = /json/.test(response.headers.get('content-type') ?? '') && !/ndjson/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, bytes, text, body: json && text !== '' ? JSON.parse(text) : undefined };
  };
  const answer = ask();
  return Object.assign(answer, {
    async expect(status: number) {
      const answered = await answer;
      if (answered.status !== status) throw new Error(`${method} ${path}: ${answered.status} instead of ${status}: ${answered.text}`);
      return answered;
    },
  });
}

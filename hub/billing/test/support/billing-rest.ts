import type { OpenApiDocument } from '../../../core/http/openapi.ts';
import { checkDocumented } from '../../../core/http/test/support/documented-fetch.ts';
import { type Answer, type ModuleRest, startModuleRest } from '../../../test/support/module-rest.ts';
import { createActs } from '../../api/acts.ts';
import { billingRoutes } from '../../api.ts';
import { createTurns } from '../../turns.ts';
import { type BillingBench, openBilling, SETTINGS } from './billing-bench.ts';

interface Sent {
  readonly as?: string;
  readonly headers?: Record<string, string>;
}

/** Billing behind the hub's own HTTP listener, every answer held to what its document says. The bench's day is today, as REST has no other. */
export interface BillingRest extends BillingBench {
  readonly rest: ModuleRest;
  /** Sends a request below /api/v1/billing, whatever is answered. `as` names the caller's rights. */
  call(method: string, path: string, body?: unknown, more?: Sent): Promise<Answer>;
  /** Sends one that must succeed and answers its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  ok(method: string, path: string, body?: unknown, more?: Sent): Promise<any>;
  /** Sends one that must be refused. */
  refusal(method: string, path: string, body?: unknown, more?: Sent): Promise<{ status: number; code: string; reason: string | undefined }>;
}

export async function openBillingRest(): Promise<BillingRest> {
  const bench = await openBilling();
  const { database, secretKey } = bench;
  const acts = createActs({ database, turns: createTurns(10_000), secretKey, settings: SETTINGS });
  const rest = await startModuleRest(database, { billing: billingRoutes({ database, acts }) });
  bench.today = Temporal.Now.plainDateISO(SETTINGS.timeZone);
  const document = (await rest.send('GET', '/openapi.json')).json as OpenApiDocument;
  const call = async (method: string, path: string, body?: unknown, more: Sent = {}): Promise<Answer> => {
    const answer = await rest.send(method, `/billing${path}`, { ...more, ...(body !== undefined && { body }) });
    const [bare = ''] = path.split('?', 1);
    const type = answer.headers.get('content-type') ?? '';
    checkDocumented(document, { method, path: `/api/v1/billing${bare}`, status: answer.status, type, body: answer.bytes.toString() });
    return answer;
  };
  return {
    ...bench,
    rest,
    call,
    async ok(method, path, body, more) {
      const answer = await call(method, path, body, more);
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.bytes}`);
      return answer.json;
    },
    async refusal(method, path, body, more) {
      const { status, json, bytes } = await call(method, path, body, more);
      if (status < 400) throw new Error(`${method} ${path} was not refused but answered ${status}: ${bytes}`);
      return { status, code: json.code, reason: json.reason };
    },
    async stop() {
      await rest.stop();
      await bench.stop();
    },
  };
}

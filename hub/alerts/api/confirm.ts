import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../core/database/database.ts';
import { HubError } from '../../core/errors.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import { CONFIRM_PATH, type ConfirmTarget, readConfirmForm, readConfirmToken } from '../confirm-link.ts';
import { CONFIRM_PAGE_HEADERS, confirmPage, confirmStatus, pageLanguage } from '../confirm-page.ts';
import { confirmTarget, type PageFacts, showTarget } from '../engine/confirm-target.ts';
import type { RunBook } from '../engine/run-book.ts';

export interface ConfirmPorts {
  readonly database: Database;
  readonly book: RunBook;
  readonly secretKey: SecretKey;
  /** Signs the links. */
  readonly key: Uint8Array;
  /** Told of runs of which something ended. */
  ended(runs: ReadonlySet<number>): void;
}

const MOST_BYTES = 4_096;
/** Pages that are made at once; more are asked to come again. */
const MOST_AT_ONCE = 50;

/** Pages on which the receivers of mails confirm: no login, a signed link; only the button confirms (specification of alerts 4.5). */
export function confirmRoutes({ database, book, secretKey, key, ended }: ConfirmPorts): Route[] {
  let open = 0;
  const targetOf = (request: FastifyRequest): ConfirmTarget | undefined =>
    readConfirmToken(String((request.params as { token?: unknown }).token), key);
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // For a link that we have not made nothing is looked up.
    if (!targetOf(request)) return;
    if (open >= MOST_AT_ONCE) throw new HubError('TOO_MANY_REQUESTS', 'too many pages at once', { retryAfter: 2 });
    open += 1;
    reply.raw.once('close', () => {
      open -= 1;
    });
  };
  /** @param facts undefined: no such link */
  const send = (request: FastifyRequest, reply: FastifyReply, facts: PageFacts | undefined, wrong: boolean): FastifyReply => {
    const language = pageLanguage(request.headers['accept-language'], 'ru');
    const state = facts?.state ?? 'unknown';
    const kind = facts === undefined || facts.kind === 'none' ? 'key' : facts.kind;
    const page = confirmPage({
      state,
      kind,
      language,
      text: undefined,
      wrong: wrong && facts ? { triesLeft: facts.triesLeft } : undefined,
    });
    return reply.code(confirmStatus(state)).headers(CONFIRM_PAGE_HEADERS).send(page);
  };
  return [
    route({
      method: 'GET',
      path: `${CONFIRM_PATH}/:token`,
      right: 'public',
      summary: 'The page on which the receiver of a mail confirms',
      admit,
      async handle({ request, reply }) {
        const target = targetOf(request);
        const facts = target && (await database.transaction((tx) => showTarget(tx, { book }, target)));
        return send(request, reply, facts, false);
      },
    }),
    route({
      method: 'POST',
      path: `${CONFIRM_PATH}/:token`,
      right: 'public',
      summary: 'Confirms a mail',
      raw: 'any',
      bodyLimit: MOST_BYTES,
      admit,
      async handle({ request, reply }) {
        const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
        const target = targetOf(request);
        const done = target && (await database.transaction((tx) => confirmTarget(tx, { book, secretKey }, target, readConfirmForm(body))));
        if (done) ended(done.touched);
        return send(request, reply, done?.facts, done?.wrong ?? false);
      },
    }),
  ];
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import type { ForeignRequest } from '../../core/http/foreign.ts';
import type { Principal } from '../../core/identity/principal.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { actionExample, operationExamples } from '../catalogue/examples.ts';
import { createRegistry, packageOf } from '../catalogue/registry.ts';
import { createActionSessions } from '../wire/action/sessions.ts';
import { createDocs } from '../wire/docs-page.ts';
import { createBillingFace } from '../wire/face.ts';
import type { Performer } from '../wire/perform.ts';
import { parseXml } from '../wire/soap/tree.ts';
import { SETTINGS } from './support/billing-bench.ts';
import { damaged } from './support/damage.ts';

/**
 * Fuzz of the three parsers as their faces use them (spec billing 12): a request of every operation and action, damaged anywhere. No crash, no hang, bounded
 * memory, a well-formed answer to each. A longer run: `BILLING_FUZZ_RUNS=200000 npm test -- hub/billing/test/fuzz`; what failed is tried again with the
 * seed and path that are printed.
 */
const RUNS = Number(process.env['BILLING_FUZZ_RUNS'] || 1_500);
/** Milliseconds that a request of a few kilobytes may take, on a machine that does much else. */
const LONGEST = 10_000;
const MOST_HELD = 64 * 1024 * 1024;

const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
const PRINCIPAL: Principal = {
  operatorId: 1,
  login: 'login',
  displayName: '',
  locale: 'ru',
  rights: ['*'],
  by: 'password',
  credentialId: undefined,
};
let understood = 0;
/** Reads the arguments, which is what is tried here, and finds nothing. */
const performer: Performer = {
  async perform(_request, _target, prepare) {
    prepare();
    understood += 1;
    throw new HubError('NOT_FOUND', 'there is none <&>');
  },
};
const face = createBillingFace({
  registry,
  performer,
  authentication: { authenticateBasic: async () => PRINCIPAL },
  settings: SETTINGS,
  sessions: createActionSessions({ most: 10, mostOfOperator: 10, idle: 60_000 }),
  docs: createDocs(registry),
});

interface Seed {
  readonly url: string;
  readonly body: string;
}
const OPERATIONS = registry.services.flatMap((served) => {
  const { name, ofModule } = packageOf(served.service.package);
  const path = `${name}${ofModule ? '/2' : ''}/${served.service.name}`;
  return [...served.operations.values()].map(({ operation }) => ({ path, ...operationExamples(served, operation) }));
});
const SEEDS: Readonly<Record<'json' | 'soap' | 'form', readonly Seed[]>> = {
  json: OPERATIONS.map(({ path, json }) => ({ url: `/executer/json/${path}`, body: json })),
  soap: OPERATIONS.map(({ path, soap }) => ({ url: `/executer/${path}`, body: soap })),
  form: registry.actions.map(({ action }) => ({
    url: '/executer',
    body: actionExample(action).replace('executer?', '').replaceAll('…', '1'),
  })),
};

/** What an answer must be, whatever was asked. */
const WELL_FORMED: Readonly<Record<keyof typeof SEEDS, (text: string) => void>> = {
  json(text) {
    const { status, message, data } = JSON.parse(text) as Record<string, unknown>;
    expect([status, typeof message, typeof data]).toEqual(['error', 'string', 'object']);
  },
  soap(text) {
    const [body] = parseXml(text).children.filter(({ local }) => local === 'Body');
    expect(body?.children[0]?.local).toBe('Fault');
    expect(body?.children[0]?.children.at(-1)?.children).toHaveLength(2);
  },
  form(text) {
    expect(parseXml(text).attributes.find(({ local }) => local === 'status')?.value).toBe('error');
  },
};

const requestOf = (url: string, body: Buffer): ForeignRequest => ({
  method: 'POST',
  url,
  headers: { authorization: 'Basic bG9naW46cGFzc3dvcmQ=' },
  body,
  requestId: 'f-1',
  address: '192.0.2.1',
  origin: 'http://hub.example',
});

async function answerTo(kind: keyof typeof SEEDS, url: string, body: Buffer): Promise<void> {
  const began = performance.now();
  const answer = await face.handle(requestOf(url, body));
  expect(performance.now() - began).toBeLessThan(LONGEST);
  const text = String(answer.body);
  WELL_FORMED[kind](text);
  // A defect would be told with the number of the request.
  expect(text).not.toContain('f-1');
}

describe.each(['json', 'soap', 'form'] as const)('%s', (kind) => {
  test('every request is understood as it is', async () => {
    understood = 0;
    for (const { url, body } of SEEDS[kind]) await answerTo(kind, url, Buffer.from(body));
    expect(understood).toBe(SEEDS[kind].length);
  });

  test(
    `${RUNS} damaged ones are answered`,
    async () => {
      const before = process.memoryUsage().heapUsed;
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: SEEDS[kind].length - 1 }).chain((at) => damaged(SEEDS[kind][at]!.body).map((body) => ({ at, body }))),
          async ({ at, body }) => answerTo(kind, SEEDS[kind][at]!.url, body),
        ),
        { numRuns: RUNS },
      );
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(MOST_HELD + RUNS * 1_000);
    },
    60_000 + RUNS * 20,
  );
});

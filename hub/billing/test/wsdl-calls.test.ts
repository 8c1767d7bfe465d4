import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProgram } from '../../../scripts/setup/programs.mjs';
import { createFolder, type Folder } from '../../../test/support/folder.ts';
import { requires } from '../../../test/support/requires.ts';
import type { Operation } from '../catalogue/descriptor.ts';
import type { ServedService } from '../catalogue/registry.ts';
import { registryOf } from '../catalogue/release-shapes.ts';
import { isForbidden } from '../wire/forbidden.ts';
import { readPlain } from '../wire/soap/plain-tree.ts';
import { parseXml, type XmlElement } from '../wire/soap/tree.ts';
import { workingParams } from './support/operation-needs.ts';
import { type PublishedSchema, publishedSchema } from './support/published-schema.ts';
import { type PlanCall, planCall } from './support/soap-plan.ts';
import { openUndoingHub, type UndoingHub } from './support/undoing-hub.ts';

// The WSDL gate (spec billing 12): stacks that are not ours build a request of every operation by its WSDL, and decode what is answered.

const run = promisify(execFile);
const PEERS = fileURLToPath(new URL('peers/', import.meta.url));

/** What a stack made of a call. */
interface Outcome {
  readonly words?: number;
  readonly sent?: string;
  readonly received?: string;
  readonly fault?: string;
  /** Local names of the fault's details. */
  readonly detail?: readonly string[];
  /** The stack could not even build the request, or not read the answer. */
  readonly error?: string;
}

let hub: UndoingHub;
let folder: Folder;
/** Calls of tier 1, that succeed, those that differ in the release 9.2501 once more; and of tier 2, that are refused as the reference says. */
let served: readonly PlanCall[];
let known: readonly PlanCall[];
beforeAll(async () => {
  hub = await openUndoingHub();
  folder = createFolder('wsdl-calls');
  const calls = (services: readonly ServedService[], wanted: (operation: Operation) => boolean, prefix = ''): PlanCall[] =>
    services.flatMap((service) =>
      [...service.operations.values()]
        .filter(({ operation }) => wanted(operation))
        .map((operation) => planCall(service, operation, hub.addressOf(service, { prefix }), workingParams(service, operation))),
    );
  const { services } = hub.registry;
  const first = new Set(services.flatMap(({ operations }) => [...operations.values()].map(({ operation }) => operation)));
  served = [
    ...calls(services, ({ tier }) => tier === 1),
    ...calls(registryOf(hub.registry, '9.2501').services, (operation) => operation.tier === 1 && !first.has(operation), '/new'),
  ];
  known = calls(services, ({ tier }) => tier === 2);
});
afterAll(async () => {
  await hub.stop();
  folder.remove();
});

const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
/** The words in an answer: of every text and every attribute of ours. */
const wordsIn = ({ attributes, children, text }: XmlElement): number =>
  [...attributes.filter(({ uri }) => uri === '').map(({ value }) => wordsOf(value)), ...children.map(wordsIn), wordsOf(text)].reduce(
    (sum, one) => sum + one,
    0,
  );

const programOf = (name: Parameters<typeof findProgram>[0]): string => findProgram(name) ?? name;

async function outcomesOf(program: string, script: string, calls: readonly PlanCall[]): Promise<Outcome[]> {
  const plan = folder.at('plan.json');
  writeFileSync(plan, JSON.stringify({ login: hub.login, password: hub.password, calls }));
  const { stdout } = await run(program, [script, plan], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Outcome[];
}

const schemas = new Map<string, PublishedSchema>();
async function schemaFaults(url: string, message: string): Promise<readonly string[]> {
  const schema = schemas.get(url) ?? publishedSchema(await (await fetch(`${url}?wsdl`)).text());
  schemas.set(url, schema);
  return schema.faults(message);
}
afterAll(() => {
  for (const schema of schemas.values()) schema.dispose();
});

/**
 * Whatever a stack did not do as the WSDL promises, by operation.
 * @param strict what it sends must be valid
 */
async function gate(program: string, script: string, strict = true): Promise<string[]> {
  const outcomes = await outcomesOf(program, script, [...served, ...known]);
  expect(outcomes).toHaveLength(served.length + known.length);
  const wrong: string[] = [];
  for (const [at, { place, url }] of [...served, ...known].entries()) {
    const { words, received = '', sent = '', fault, detail, error } = outcomes[at] ?? {};
    const say = (why: string): number => wrong.push(`${place}: ${why}`);
    if (error !== undefined) {
      say(error);
      continue;
    }
    for (const why of strict ? await schemaFaults(url, sent) : []) say(`it sends what is not valid: ${why}`);
    if (!readPlain(sent)) say(`what it sends is not read quickly: ${sent}`);
    if (at >= served.length) {
      const documented = isForbidden(place) ? fault?.endsWith('запрещено') : fault?.startsWith('Operation is not supported by this server');
      if (!detail?.includes('BGMessageException') || !documented) say(`${fault} ${detail}`);
    } else if (fault !== undefined) say(`${fault} ${detail}`);
    else if (words !== wordsIn(parseXml(received)))
      say(`it decodes ${words} words of ${wordsIn(parseXml(received))}: ${received.slice(received.indexOf('Body'))}`);
  }
  return wrong;
}

requires('python3-zeep').test(
  'zeep',
  async () => {
    expect(await gate(programOf('python3-zeep'), `${PEERS}zeep_calls.py`)).toEqual([]);
  },
  120_000,
);

requires('python3-suds').test(
  'suds',
  async () => {
    expect(await gate(programOf('python3-suds'), `${PEERS}suds_calls.py`)).toEqual([]);
  },
  120_000,
);

requires('php-soap').test(
  'the SOAP client of PHP',
  async () => {
    expect(await gate(programOf('php-soap'), `${PEERS}soap_calls.php`)).toEqual([]);
  },
  120_000,
);

test('the SOAP client of npm', { timeout: 120_000 }, async () => {
  // It puts the fields of an object whose class it is told into the namespace of the class; such requests are read all the same.
  expect(await gate(process.execPath, `${PEERS}soap-calls.mjs`, false)).toEqual([]);
});

test('the plan has every operation', () => {
  expect(served).toHaveLength(144 + 6);
  expect(served.filter(({ url }) => url.includes('/new/')).map(({ operation }) => operation)).toContain('paymentList');
  expect(known.length).toBeGreaterThan(100);
});

import { expect, test } from 'vitest';
import { SYSTEM } from '../../core/identity/caller.ts';
import { buildRequest } from '../call-console/build-request.ts';
import { showTarget } from '../call-console/targets.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { createJsonReader } from '../wire/json/read.ts';
import { openEnvelope } from '../wire/soap/envelope.ts';
import { createSoapReader } from '../wire/soap/read.ts';
import { parseXml } from '../wire/soap/tree.ts';

// One form of arguments for both protocols: what the console writes as SOAP means what the same arguments mean in JSON, for every operation.

const ZONE = 'Europe/Moscow';
const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
const services = registry.services.map((served) => [served.service.name, served] as const);

test.each(services)('%s', (_, served) => {
  const json = createJsonReader(served, { timeZone: ZONE, strict: false });
  const soap = createSoapReader(served, ZONE);
  for (const one of served.operations.values()) {
    const name = `${served.service.name}.${one.operation.name}`;
    const { calls } = showTarget(registry, SYSTEM, name);
    const wanted = calls.find(({ protocol }) => protocol === 'soap');
    if (wanted?.protocol !== 'soap') throw new Error(`${name} has no call over SOAP`);
    const { wrapper } = openEnvelope(parseXml(buildRequest(registry, wanted)('alice', 'x').body));
    expect(soap.arguments(one, wrapper), name).toEqual(json.arguments(one, wanted.arguments));
  }
});

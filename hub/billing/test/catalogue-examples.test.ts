import { describe, expect, test } from 'vitest';
import { ACTIONS, CATALOGUE } from '../catalogue/catalogue.ts';
import { actionExample, operationExamples } from '../catalogue/examples.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { parseJson } from '../wire/json/parse.ts';
import { createJsonReader } from '../wire/json/read.ts';
import { openEnvelope } from '../wire/soap/envelope.ts';
import { createSoapReader } from '../wire/soap/read.ts';
import { parseXml } from '../wire/soap/tree.ts';

const registry = createRegistry(CATALOGUE, [], []);
const ZONE = 'Europe/Moscow';

describe.each(registry.services.map((served) => [served.service.name, served] as const))('examples of %s', (_name, served) => {
  const soap = createSoapReader(served, ZONE);
  const json = createJsonReader(served, { timeZone: ZONE, strict: true });

  test('are read by both protocols, and to the same arguments', () => {
    for (const [name, operation] of served.operations) {
      const examples = operationExamples(served, operation.operation);
      const call = parseJson(Buffer.from(examples.json)) as { method: unknown; params: unknown };
      const envelope = openEnvelope(parseXml(examples.soap));
      expect([call.method, envelope.wrapper.local], name).toEqual([name, name]);
      expect(envelope.credentials, name).toEqual({ login: 'login', password: 'password' });
      const byJson = json.arguments(operation, call.params);
      expect(soap.arguments(operation, envelope.wrapper), name).toEqual(byJson);
      for (const parameter of operation.operation.parameters)
        if (!parameter.jsonOnly) expect(byJson[parameter.name], `${name}.${parameter.name}`).not.toBeNull();
    }
  });
});

test('objects of descendant classes name their class in each protocol', () => {
  const served = registry.services.find(({ service }) => service.name === 'ContractService') ?? expect.fail('no ContractService');
  const { json, soap } = operationExamples(served, served.operations.get('contractList')?.operation ?? expect.fail('no contractList'));
  expect(json).toContain('"entityFilter":[{"type":"Address","entitySpecAttrIds":[1],');
  expect(soap).toContain('<entityFilter xsi:type="b:filterEntityAttrAddress" entitySpecAttrIds="1"');
});

test('an action is shown as an address with all its parameters', () => {
  const action = ACTIONS.find(({ name }) => name === 'UpdateContractLimit') ?? expect.fail('no action');
  expect(actionExample(action)).toBe(
    'executer?module=contract&action=UpdateContractLimit&user=login&pswd=password&cid=…&value=…&comment=…',
  );
});

import { XmlDocument, XmlElement } from 'libxml2-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { registryOf } from '../catalogue/release-shapes.ts';
import { wsdlOf } from '../wire/soap/wsdl.ts';
import { workingParams } from './support/operation-needs.ts';
import { type PublishedSchema, publishedSchema } from './support/published-schema.ts';
import { planCall } from './support/soap-plan.ts';
import { openUndoingHub, type UndoingHub } from './support/undoing-hub.ts';
import { soapMessage } from './support/written-message.ts';

// Clients in the style of JAX-WS (issue: "a JAX-WS style client"): what its tools ask of a WSDL, and messages as it writes them.

const NAMES = {
  wsdl: 'http://schemas.xmlsoap.org/wsdl/',
  xs: 'http://www.w3.org/2001/XMLSchema',
  soap: 'http://schemas.xmlsoap.org/wsdl/soap/',
};

const registry = createRegistry(CATALOGUE, [], []);
const WSDLS = (['7', '9.2501'] as const).flatMap((profile) =>
  registryOf(registry, profile).services.map((served) => [profile, served.service.name, wsdlOf(served)('http://hub.example/')] as const),
);

const attributeOf = (element: XmlElement, name: string): string => element.attr(name)?.value ?? '';
const elements = (from: XmlElement, path: string): XmlElement[] =>
  from.find(path, NAMES).filter((node): node is XmlElement => node instanceof XmlElement);
/** The class that a name becomes: a capital, and none of what Java does not take. */
const classNameOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

describe('its tools take every WSDL', () => {
  test.each(WSDLS)('%s %s: wrapped, one part a message, one class a name', (_profile, _name, text) => {
    const document = XmlDocument.fromString(text);
    try {
      const { root } = document;
      const own = attributeOf(root, 'targetNamespace');
      const schema = elements(root, `wsdl:types/xs:schema[@targetNamespace="${own}"]`);
      expect(schema).toHaveLength(1);
      const globals = new Map(
        elements(root, `wsdl:types/xs:schema[@targetNamespace="${own}"]/xs:element`).map((one) => [attributeOf(one, 'name'), one]),
      );
      const elementOfMessage = new Map(
        elements(root, 'wsdl:message').map((message) => {
          const parts = elements(message, 'wsdl:part');
          expect(parts).toHaveLength(1);
          return [attributeOf(message, 'name'), attributeOf(parts[0]!, 'element').replace('tns:', '')];
        }),
      );
      const operations = elements(root, 'wsdl:portType/wsdl:operation');
      const names = operations.map((operation) => attributeOf(operation, 'name'));
      // Neither overloaded nor two that differ by their first letter only: each becomes a method and two classes.
      expect(new Set(names.map(classNameOf)).size).toBe(names.length);
      for (const operation of operations) {
        const name = attributeOf(operation, 'name');
        const messageOf = (kind: string): string => attributeOf(elements(operation, `wsdl:${kind}`)[0]!, 'message').replace('tns:', '');
        // The wrapper style (JAX-WS 2.2, 2.3.1.2): the request's element is called like the operation, both are sequences of elements and nothing else.
        expect(elementOfMessage.get(messageOf('input'))).toBe(name);
        for (const kind of ['input', 'output']) {
          const wrapper = globals.get(elementOfMessage.get(messageOf(kind)) ?? '');
          expect(elements(wrapper!, 'xs:complexType/xs:sequence')).toHaveLength(1);
          expect(
            elements(wrapper!, 'xs:complexType/*[not(self::xs:sequence)] | xs:complexType/xs:sequence/*[not(self::xs:element)]'),
          ).toEqual([]);
        }
      }
      expect(elements(root, 'wsdl:binding/wsdl:operation').map((one) => attributeOf(one, 'name'))).toEqual(names);
      expect(elements(root, 'wsdl:binding//soap:body').every((body) => attributeOf(body, 'use') === 'literal')).toBe(true);
      // All types of a namespace become classes of one package, elements with a type of their own among them.
      const types = elements(schema[0]!, 'xs:complexType | xs:simpleType').map((one) => classNameOf(attributeOf(one, 'name')));
      const classes = [...types, ...[...globals.keys()].map(classNameOf)];
      expect(classes.filter((one, at) => classes.indexOf(one) !== at)).toEqual([]);
    } finally {
      document.dispose();
    }
  });
});

describe('its messages are answered', () => {
  let hub: UndoingHub;
  const schemas: PublishedSchema[] = [];
  beforeAll(async () => {
    hub = await openUndoingHub();
  });
  afterAll(async () => {
    for (const schema of schemas) schema.dispose();
    await hub.stop();
  });

  /** Sent in pieces, with the headers of the reference implementation. */
  async function send(url: string, message: string): Promise<{ status: number; type: string; text: string }> {
    const bytes = Buffer.from(message);
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 300) controller.enqueue(bytes.subarray(at, at + 300));
        controller.close();
      },
    });
    const answer = await fetch(url, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: {
        accept: 'text/xml, multipart/related',
        'content-type': 'text/xml; charset=utf-8',
        soapaction: '""',
        'user-agent': 'JAX-WS RI 2.3.2 svn-revision#unknown',
        authorization: `Basic ${Buffer.from(`${hub.login}:${hub.password}`).toString('base64')}`,
      },
    } as RequestInit);
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
  }

  test('of every operation, in the order of the schema', async () => {
    const wrong: string[] = [];
    for (const served of hub.registry.services) {
      const schema = publishedSchema(wsdlOf(served)('http://hub.example/'));
      schemas.push(schema);
      for (const operation of served.operations.values()) {
        if (operation.operation.tier !== 1) continue;
        const call = planCall(served, operation, hub.addressOf(served), workingParams(served, operation));
        const { place, url } = call;
        const { name } = operation.operation;
        const message = soapMessage(served.service.namespace, call);
        const { status, type, text } = await send(url, message);
        for (const why of schema.faults(message)) wrong.push(`${place}: the message of this test is not valid: ${why}`);
        if (status !== 200 || type !== 'text/xml;charset=utf-8') wrong.push(`${place}: ${status} ${type} ${text}`);
        for (const why of schema.faults(text)) wrong.push(`${place}: ${why}`);
        // JAXB reads parameters by their unqualified names, inside a wrapper of the service's namespace.
        if (!text.includes(`<ns1:${name}Response`) || !text.includes(`xmlns:ns1="${served.service.namespace}"`))
          wrong.push(`${place}: ${text}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a fault is one of the declared classes, told by the first detail', async () => {
    const served = hub.registry.services.find(({ service }) => service.name === 'ContractService')!;
    const message =
      `<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>` +
      `<ns2:contractGet xmlns:ns2="${served.service.namespace}"><contractId>999</contractId></ns2:contractGet></S:Body></S:Envelope>`;
    const { status, text } = await send(hub.addressOf(served), message);
    expect(status).toBe(500);
    const document = XmlDocument.fromString(text);
    const [first] = elements(document.root, '//detail/*');
    expect([first?.namespaceUri, first?.name]).toEqual([served.service.namespace, 'BGMessageException']);
    expect(elements(first!, 'message')[0]?.content).toContain('999');
    document.dispose();
  });
});

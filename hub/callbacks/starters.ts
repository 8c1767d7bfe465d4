import type { Family } from './endpoint.ts';
import { VARIABLES } from './variables.ts';

/** Bodies to begin with, which the editor offers (spec 5.8): the header lines and the template of each kind of receiver. */
export interface Starter {
  readonly name: 'soap11' | 'soap12' | 'xml' | 'json' | 'form';
  readonly headers: string;
  readonly body: string;
}

/** Ids stand bare in JSON: they are numbers or null. */
const IDS = new Set(['id_Reserve', 'id_ComplexReserve']);

const xmlOf = (names: readonly string[]): string => names.map((name) => `      <${name}>@${name}</${name}>`).join('\n');

function envelope(namespace: string, names: readonly string[]): string {
  return `<soap:Envelope xmlns:soap="${namespace}">
  <soap:Body>
    <Event xmlns="urn:example:callbacks">
${xmlOf(names)}
    </Event>
  </soap:Body>
</soap:Envelope>`;
}

/** Starters over the variables of the source in their order; form has none of the fragments, which would be long. */
export function startersOf(family: Family): Starter[] {
  const variables = VARIABLES.filter(({ bareIn }) => bareIn.includes(family));
  const names = variables.map(({ name }) => name);
  const json = names.map((name) => (IDS.has(name) ? `  "${name}": @${name}` : `  "${name}": "@${name}"`));
  const form = variables.filter(({ kind }) => kind !== 'fragment').map(({ name }) => `${name}=@${name}`);
  return [
    {
      name: 'soap11',
      headers: 'Content-Type: text/xml;charset=UTF-8\nSOAPAction: "urn:example:callbacks"',
      body: envelope('http://schemas.xmlsoap.org/soap/envelope/', names),
    },
    {
      name: 'soap12',
      headers: 'Content-Type: application/soap+xml;charset=UTF-8',
      body: envelope('http://www.w3.org/2003/05/soap-envelope', names),
    },
    { name: 'xml', headers: 'Content-Type: application/xml;charset=UTF-8', body: `<Event>\n${xmlOf(names)}\n</Event>` },
    { name: 'json', headers: 'Content-Type: application/json', body: `{\n${json.join(',\n')}\n}` },
    { name: 'form', headers: 'Content-Type: application/x-www-form-urlencoded', body: form.join('&') },
  ];
}

import type { Family } from './family.ts';
import { ordinaryVariables, placeholder } from './ordinary-variables.ts';
import type { Variable } from './variable.ts';

/** Bodies to begin with, which the editor offers (spec 5.8): the header lines and the template of each kind of receiver. */
export interface Starter {
  readonly name: 'soap11' | 'soap12' | 'xml' | 'json' | '1c' | 'form';
  readonly headers: string;
  readonly body: string;
}

/** Numbers stand bare in JSON: they are numbers or null. */
const isNumber = ({ kind }: Variable): boolean => kind === 'integer';

const IDENTITY = '  "EventId": "@{EventId}"';

function envelope(namespace: string, elements: string): string {
  return `<soap:Envelope xmlns:soap="${namespace}">
  <soap:Body>
    <Event xmlns="urn:example:callbacks">
${elements}
    </Event>
  </soap:Body>
</soap:Envelope>`;
}

/**
 * Starters over the ordinary variables of a family. `1c` is what an HTTP service of 1C:Enterprise reads with ЧтениеJSON: the id by which to drop repeats comes
 * first. Forms have none of the fragments, which would be long.
 */
export function startersOf(family: Family): Starter[] {
  const variables = ordinaryVariables(family);
  const xml = variables.map((variable) => `      <${variable.name}>${placeholder(variable, family)}</${variable.name}>`).join('\n');
  const jsonOf = (variable: Variable): string => {
    const value = placeholder(variable, family);
    return `  "${variable.name}": ${isNumber(variable) ? value : `"${value}"`}`;
  };
  const json = variables.map(jsonOf);
  const form = variables.filter(({ kind }) => kind !== 'fragment').map((variable) => `${variable.name}=${placeholder(variable, family)}`);
  return [
    {
      name: 'soap11',
      headers: 'Content-Type: text/xml;charset=UTF-8\nSOAPAction: "urn:example:callbacks"',
      body: envelope('http://schemas.xmlsoap.org/soap/envelope/', xml),
    },
    {
      name: 'soap12',
      headers: 'Content-Type: application/soap+xml;charset=UTF-8',
      body: envelope('http://www.w3.org/2003/05/soap-envelope', xml),
    },
    { name: 'xml', headers: 'Content-Type: application/xml;charset=UTF-8', body: `<Event>\n${xml}\n</Event>` },
    { name: 'json', headers: 'Content-Type: application/json', body: `{\n${json.join(',\n')}\n}` },
    {
      name: '1c',
      headers: 'Content-Type: application/json;charset=UTF-8',
      body: `{\n${[IDENTITY, ...variables.filter(({ name }) => name !== 'EventId').map(jsonOf)].join(',\n')}\n}`,
    },
    { name: 'form', headers: 'Content-Type: application/x-www-form-urlencoded', body: form.join('&') },
  ];
}

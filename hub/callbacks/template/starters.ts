import { type Family, VARIABLES } from '../variables.ts';

/** What the editor offers to begin with (spec callbacks 5.8): the whole body, and the headers that go with it. */
export interface Starter {
  readonly name: 'soap11' | 'soap12' | 'xml' | 'json' | 'form';
  readonly en: string;
  readonly ru: string;
  readonly headers: string;
  readonly body: string;
}

/** The source's sample of headers, for the button that inserts it; the credentials are its own, and open nothing. */
export const SAMPLE_HEADERS = `Accept-Encoding: gzip,deflate
Content-Type: text/xml;charset=UTF-8
SOAPAction: http://sap.com/xi/WebService/soap1.1
User-Agent: Corteos
Cookie2: $Version=1
Authorization: Basic QsdfgSDGHFasdfSADFxaWM=
`;

/** The variables of the source, which every starter of the family carries; those of a fragment are shown apart. */
function bareNames(family: Family): string[] {
  return VARIABLES.filter(({ bareIn }) => bareIn.includes(family)).map(({ name }) => name);
}

const elements = (family: Family, indent: string): string =>
  bareNames(family)
    .map((name) => `${indent}<${name}>@${name}</${name}>`)
    .join('\n');

/** The body of a new endpoint: that of the static family is known of the original, that of the order family has every variable of the source. */
export const DEFAULT_BODIES: Readonly<Record<Family, string>> = {
  order: `<Event>\n${elements('order', '  ')}\n</Event>`,
  static: '<Change><Before>@Before</Before><After>@After</After></Change>',
};

function envelope(namespace: string, family: Family): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="${namespace}">
  <soap:Header/>
  <soap:Body>
    <Notify xmlns="urn:example:callback">
${elements(family, '      ')}
    </Notify>
  </soap:Body>
</soap:Envelope>
`;
}

/** In JSON, what is no number stands between quotes, CallbackId too: it is above 2^53. */
function jsonBody(family: Family): string {
  const members = bareNames(family).map((name) => {
    const kind = VARIABLES.find((variable) => variable.name === name)?.kind;
    return `  "${name}": ${kind === 'integer' ? `@${name}` : `"@${name}"`}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

export function startersOf(family: Family): readonly Starter[] {
  return [
    {
      name: 'soap11',
      en: 'SOAP 1.1',
      ru: 'SOAP 1.1',
      headers: 'Content-Type: text/xml;charset=UTF-8\nSOAPAction: "urn:example:callback#Notify"\n',
      body: envelope('http://schemas.xmlsoap.org/soap/envelope/', family),
    },
    {
      name: 'soap12',
      en: 'SOAP 1.2',
      ru: 'SOAP 1.2',
      headers: 'Content-Type: application/soap+xml;charset=UTF-8;action="urn:example:callback#Notify"\n',
      body: envelope('http://www.w3.org/2003/05/soap-envelope', family),
    },
    { name: 'xml', en: 'XML', ru: 'XML', headers: 'Content-Type: text/xml;charset=UTF-8\n', body: DEFAULT_BODIES[family] },
    { name: 'json', en: 'JSON', ru: 'JSON', headers: 'Content-Type: application/json\n', body: jsonBody(family) },
    {
      name: 'form',
      en: 'Form',
      ru: 'Форма',
      headers: 'Content-Type: application/x-www-form-urlencoded\n',
      body: bareNames(family)
        .map((name) => `${name}=@${name}`)
        .join('&'),
    },
  ];
}

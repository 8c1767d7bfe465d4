import { XmlBufferInputProvider, XmlDocument, XmlLibError, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm';

/** What a WSDL publishes, compiled by a library that is not ours. */
export interface PublishedSchema {
  /** What is wrong with a message, request or answer, one sentence a fault. */
  faults(message: string): string[];
  dispose(): void;
}

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const XSD = 'http://www.w3.org/2001/XMLSchema';
/** Inputs of libxml2 are of the process, and it takes few providers: one for all, and an address of its own for each schema. */
const inputs = new XmlBufferInputProvider({});
let made = 0;

/** SOAP 1.1, whose Body holds nothing but what the service declares; of a fault's details the first does, the second is of the framework. */
const envelopeSchema = (imports: string, service: string): string => `<xs:schema xmlns:xs="${XSD}" xmlns:S="${ENVELOPE}"
  targetNamespace="${ENVELOPE}" elementFormDefault="qualified">${imports}
  <xs:element name="Envelope"><xs:complexType><xs:sequence>
    <xs:element name="Header" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Body"><xs:complexType><xs:choice>
      <xs:element ref="S:Fault"/><xs:any namespace="${service}" processContents="strict"/></xs:choice></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="Fault"><xs:complexType><xs:sequence>
    <xs:element name="faultcode" type="xs:QName" form="unqualified"/><xs:element name="faultstring" type="xs:string" form="unqualified"/>
    <xs:element name="detail" form="unqualified"><xs:complexType><xs:sequence>
      <xs:any namespace="${service}" processContents="strict"/><xs:any namespace="http://jax-ws.dev.java.net/" processContents="lax"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

/** @param wsdl as it is published, its schemas inline. @throws Error when the schemas do not compile */
export function publishedSchema(wsdl: string): PublishedSchema {
  made += 1;
  const base = `published-${made}/`;
  const [head = ''] = /<wsdl:definitions[^>]*>/.exec(wsdl) ?? [];
  const prefixes = [...head.matchAll(/ xmlns:\w+="[^"]*"/g)].join('');
  const service = / targetNamespace="([^"]*)"/.exec(head)?.[1] ?? '';
  const sources = [...wsdl.matchAll(/<xs:schema targetNamespace="([^"]+)".*?<\/xs:schema>/gs)];
  if (sources.length === 0) throw new Error('the WSDL has no schema');
  const fileOf = new Map(sources.map(([, namespace = ''], index) => [namespace, `${index}.xsd`]));
  const imported = (namespace: string): string => `<xs:import namespace="${namespace}" schemaLocation="${fileOf.get(namespace)}"/>`;
  for (const [text, namespace = ''] of sources)
    inputs.addBuffer(
      `${base}${fileOf.get(namespace)}`,
      Buffer.from(
        text
          .replace('<xs:schema', `<xs:schema${prefixes}`)
          .replace(/<xs:import namespace="([^"]+)"\/>/g, (_, other: string) => imported(other)),
      ),
    );
  if (made === 1) xmlRegisterInputProvider(inputs);
  const source = XmlDocument.fromString(envelopeSchema([...fileOf.keys()].map(imported).join(''), service), { url: `${base}envelope.xsd` });
  let validator: XsdValidator;
  try {
    validator = XsdValidator.fromDoc(source);
  } finally {
    source.dispose();
  }
  return {
    faults(message) {
      const document = XmlDocument.fromString(message);
      try {
        validator.validate(document);
        return [];
      } catch (error) {
        if (error instanceof XmlLibError) return error.details.map(({ message: why }) => why.trim());
        throw error;
      } finally {
        document.dispose();
      }
    },
    dispose: () => validator.dispose(),
  };
}

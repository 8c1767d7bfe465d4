import type { ServedOperation, ServedService } from '../../catalogue/registry.ts';
import { NS } from '../namespaces.ts';
import { attributeText } from '../xml-text.ts';
import { schemasOf } from './schema.ts';

/**
 * The description of a service (spec billing 5.2): WSDL 1.1, SOAP 1.1, document/literal wrapped. Made once; only the address differs by request.
 * @returns renders it for the address under which it was asked for
 */
export function wsdlOf(served: ServedService): (location: string) => string {
  const { service, operations } = served;
  const { name: service_, namespace } = service;
  const all = [...operations.values()].map(({ operation }: ServedOperation) => operation);
  const faults = [...new Set(all.flatMap((operation) => operation.faults))].sort();

  const messages = all
    .flatMap(({ name }) => [name, `${name}Response`])
    .map((name) => `<wsdl:message name="${name}"><wsdl:part name="parameters" element="tns:${name}"/></wsdl:message>`);
  const faultMessages = faults.map((name) => `<wsdl:message name="${name}"><wsdl:part name="fault" element="tns:${name}"/></wsdl:message>`);
  const action = (name: string): string => `wsam:Action="${namespace}${service_}/${name}"`;
  const portOperations = all.map(
    ({ name, faults: declared }) =>
      `<wsdl:operation name="${name}"><wsdl:input message="tns:${name}" ${action(`${name}Request`)}/>` +
      `<wsdl:output message="tns:${name}Response" ${action(`${name}Response`)}/>` +
      `${declared.map((fault) => `<wsdl:fault name="${fault}" message="tns:${fault}" ${action(`${name}/Fault/${fault}`)}/>`).join('')}</wsdl:operation>`,
  );
  const bindingOperations = all.map(
    ({ name, faults: declared }) =>
      `<wsdl:operation name="${name}"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input>` +
      `<wsdl:output><soap:body use="literal"/></wsdl:output>` +
      `${declared.map((fault) => `<wsdl:fault name="${fault}"><soap:fault name="${fault}" use="literal"/></wsdl:fault>`).join('')}</wsdl:operation>`,
  );
  const head =
    `<?xml version="1.0" encoding="UTF-8"?><wsdl:definitions name="${service_}" targetNamespace="${namespace}" xmlns:tns="${namespace}" ` +
    `xmlns:com="${NS.common}" xmlns:arr="${NS.array}" xmlns:xs="${NS.schema}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" ` +
    `xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsam="http://www.w3.org/2007/05/addressing/metadata">` +
    `<wsdl:types>${schemasOf(served).join('')}</wsdl:types>${messages.join('')}${faultMessages.join('')}` +
    `<wsdl:portType name="${service_}">${portOperations.join('')}</wsdl:portType>` +
    `<wsdl:binding name="${service_}Binding" type="tns:${service_}"><soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>` +
    `${bindingOperations.join('')}</wsdl:binding><wsdl:service name="${service_}"><wsdl:port name="${service_}" binding="tns:${service_}Binding"><soap:address location="`;
  const tail = '"/></wsdl:port></wsdl:service></wsdl:definitions>';
  return (location) => head + attributeText(location) + tail;
}

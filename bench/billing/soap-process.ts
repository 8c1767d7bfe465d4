import { createServer } from 'node:http';
import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { listen } from 'soap';
import { contractById } from './same-statement.ts';

/**
 * What a team would build: a server of the npm package `soap` that issues the same statement. A process of its own; the URL of the database is its argument.
 */
const NAMESPACE = 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/';
const ATTRIBUTES = [
  'id',
  'title',
  'comment',
  'groups',
  'dateFrom',
  'dateTo',
  'mode',
  'personType',
  'hidden',
  'superId',
  'status',
  'balanceLimit',
  'domainId',
];
const WSDL = `<?xml version="1.0" encoding="UTF-8"?>
<definitions name="ContractService" targetNamespace="${NAMESPACE}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${NAMESPACE}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <types><xs:schema targetNamespace="${NAMESPACE}" elementFormDefault="unqualified">
    <xs:element name="contractGet"><xs:complexType><xs:sequence><xs:element name="contractId" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="contractGetResponse"><xs:complexType><xs:sequence><xs:element name="return" type="tns:contract" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
    <xs:complexType name="contract"><xs:sequence>${ATTRIBUTES.map((name) => `<xs:element name="${name}" type="xs:string" minOccurs="0"/>`).join('')}</xs:sequence></xs:complexType>
  </xs:schema></types>
  <message name="contractGet"><part name="parameters" element="tns:contractGet"/></message>
  <message name="contractGetResponse"><part name="parameters" element="tns:contractGetResponse"/></message>
  <portType name="ContractService"><operation name="contractGet"><input message="tns:contractGet"/><output message="tns:contractGetResponse"/></operation></portType>
  <binding name="ContractServiceBinding" type="tns:ContractService"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="contractGet"><soap:operation soapAction=""/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="ContractService"><port name="ContractService" binding="tns:ContractServiceBinding"><soap:address location="http://127.0.0.1/ContractService"/></port></service>
</definitions>`;

const database = openDatabase({ url: process.argv[2] ?? '', poolSize: 10, queuePoolSize: 1, name: 'soap' });
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  listen(
    server,
    '/ContractService',
    {
      ContractService: {
        ContractService: {
          contractGet: async ({ contractId }: { contractId: number }) => {
            const [row] = await contractById(database.work, contractId);
            return {
              return: row && Object.fromEntries(ATTRIBUTES.map((name) => [name, String((row as Record<string, unknown>)[name] ?? '')])),
            };
          },
        },
      },
    },
    WSDL,
  );
  process.send?.({ port: (server.address() as { port: number }).port });
});
process.on('disconnect', () => process.exit(0));

/** Settings of the demonstration's endpoints, as an administrator gives them by REST. */

/** The dictionary whose code stands on the trip. */
export const DICTIONARY = { ru: 'Проект', en: 'Project' } as const;

/** SAP PI/PO, or a web service of 1C: one envelope for each change. */
export const sapSettings = (address: string, language: 'ru' | 'en'): object => ({
  family: 'order',
  name: 'SAP',
  url: `http://${address}/sap/orders`,
  language,
  headers: `Content-Type: text/xml;charset=UTF-8
SOAPAction: "urn:demo:OrderChanged"
Authorization: Basic c2FwOmRlbW8=`,
  body: `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <OrderChanged xmlns="urn:demo">
      <EventType>@EventType</EventType>
      <Order>@id_Reserve</Order>
      <Trip>@id_ComplexReserve</Trip>
      <OrderState>@ReserveState</OrderState>
      <TripState>@ComplexState</TripState>
      <Code>@{DIC:${DICTIONARY[language]}}</Code>
      <Text>@EventDescription</Text>
      <CallbackId>@CallbackId</CallbackId>
    </OrderChanged>
  </soap:Body>
</soap:Envelope>`,
});

/** A service of today: JSON, signed, any 2xx is a success. The demonstration has no certificate for it. */
export const restSettings = (address: string, language: 'ru' | 'en'): object => ({
  family: 'order',
  profile: 'modern',
  https_only: false,
  name: 'REST',
  url: `http://${address}/orders/changes`,
  language,
  headers: 'Content-Type: application/json',
  body: `{
  "event": "@EventType", "order": @id_Reserve, "trip": @id_ComplexReserve,
  "state": "@ReserveState", "tripState": "@ComplexState", "text": "@EventDescription"
}`,
});

/** One event of the trip; a second between attempts, so that all of them are seen. */
export const stumblingSettings = (address: string): object => ({
  family: 'order',
  name: 'stumbling',
  url: `http://${address}/in`,
  events: ['ComplexReserveCreated'],
  schedule: { kind: 'fixed', seconds: 1 },
  headers: 'Content-Type: application/json',
  body: '{"attempt": @{Attempt}, "eventId": "@{EventId}", "callbackId": "@CallbackId"}',
});

/** The provider's accounting: what was paid, and what the billing did about it. */
export const accountingSettings = (address: string, language: 'ru' | 'en'): object => ({
  family: 'billing',
  name: 'accounting',
  url: `http://${address}/billing`,
  language,
  events: ['billing.payment.created', 'billing.contract.status-changed'],
  headers: 'Content-Type: application/json',
  body: `{
  "id": "@{EventId}", "event": "@EventType", "contract": @contractId, "title": "@contractTitle",
  "amount": "@{amount}", "balance": "@{balanceAfter}", "status": @{status}, "payment": @{paymentId}, "text": "@EventDescription"
}`,
});

/** Gets everything that the healthy ones get. In no order, so that its callbacks need not wait for each other in vain. */
export const deadSettings = (address: string): object => ({
  family: 'order',
  name: 'dead',
  url: `http://${address}/in`,
  timeout: 2,
  ordering: 'none',
});

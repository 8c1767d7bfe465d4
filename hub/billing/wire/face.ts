import { HubError } from '../../core/errors.ts';
import type { ForeignAnswer, ForeignFace, ForeignRequest } from '../../core/http/foreign.ts';
import type { Protocol } from '../act.ts';
import type { Registry } from '../catalogue/registry.ts';
import { createActionFace } from './action/face.ts';
import type { ActionSessions } from './action/sessions.ts';
import { type Address, addressOf, isForeign } from './address.ts';
import type { Docs } from './docs-page.ts';
import { classOf, faultOf, languageFor } from './faults.ts';
import { createJsonFace, type FacePorts } from './json/face.ts';
import type { Lockouts } from './lockouts.ts';
import { NS } from './namespaces.ts';
import { createSoapFace } from './soap/face.ts';
import { faultEnvelope } from './soap/write.ts';
import { contentText } from './xml-text.ts';

const MIB = 1024 * 1024;
const METHODS = 'GET, HEAD, POST';

const plain = (status: number, text: string, headers: ForeignAnswer['headers'] = {}): ForeignAnswer => ({
  status,
  headers: { 'content-type': 'text/plain;charset=utf-8', ...headers },
  body: `${text}\n`,
});

/** What a program gets whose request is none: in the form of the face that it called; from a service with the detail that its WSDL declares. */
function refusalOf(registry: Registry, failure: HubError, request: Omit<ForeignRequest, 'body'>): ForeignAnswer {
  const address = addressOf(request.url.split('?', 1)[0] ?? '');
  const fault = faultOf(failure, { requestId: request.requestId, language: languageFor(request.headers['accept-language'], undefined) });
  const status = failure.status;
  if (address?.face === 'json') {
    const body = JSON.stringify({ status: 'error', message: fault.message, exception: classOf(fault.name), tag: fault.tag, data: {} });
    return { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body };
  }
  if (address?.face === 'soap') {
    const { namespace } = registry.service(address.packageName, address.service)?.service ?? { namespace: NS.common };
    return { status, headers: { 'content-type': 'text/xml;charset=utf-8' }, body: faultEnvelope(fault, namespace, true) };
  }
  if (address?.face === 'action')
    return {
      status,
      headers: { 'content-type': 'text/xml;charset=UTF-8' },
      body: `<?xml version="1.0" encoding="UTF-8"?><data status="error">${contentText(fault.message)}</data>`,
    };
  return plain(status, fault.message);
}

/** Programs call few addresses again and again. */
const MOST_ADDRESSES = 2_000;

function rememberAddresses(): (path: string) => Address | undefined {
  const known = new Map<string, Address>();
  return (path) => {
    const found = known.get(path);
    if (found) return found;
    const address = addressOf(path);
    if (!address) return undefined;
    if (known.size >= MOST_ADDRESSES) known.clear();
    known.set(path, address);
    return address;
  };
}

/** The faces of billing on whatever prefix: told apart by the address (spec billing 1.1). @param ports.lockouts told of logins that are refused; without it nobody is */
export function createBillingFace(
  ports: FacePorts & { readonly sessions: ActionSessions; readonly docs: Docs; readonly lockouts?: Lockouts },
): ForeignFace {
  const { lockouts, authentication } = ports;
  const loginsOf = (protocol: Protocol) => ({ authentication: lockouts?.hear(protocol, authentication) ?? authentication });
  const action = createActionFace({ ...ports, ...loginsOf('action') });
  const soap = createSoapFace({ ...ports, ...loginsOf('soap') });
  const json = createJsonFace({ ...ports, ...loginsOf('json') });
  const addressAt = rememberAddresses();
  const refuse: ForeignFace['refuse'] = (failure, request) => refusalOf(ports.registry, failure, request);
  return {
    name: 'billing',
    claims: isForeign,
    bodyLimit: 8 * MIB,
    bodyTime: 30_000,
    refuse,
    async handle(request) {
      const { method, url } = request;
      const path = url.split('?', 1)[0] ?? '';
      const address = addressAt(path);
      if (!address) return plain(404, 'There is nothing here.');
      if (method !== 'GET' && method !== 'POST' && method !== 'HEAD')
        return { ...refuse(new HubError('METHOD_NOT_ALLOWED', `${method} is not used here, but ${METHODS}`), request), status: 405 };
      const reads = method !== 'POST';
      switch (address.face) {
        case 'action':
          return action(request, address);
        case 'soap':
          return soap(request, address);
        case 'json':
          return reads
            ? { status: 200, headers: { 'content-type': 'text/html;charset=utf-8' }, body: ports.docs.page(address.service) }
            : json(request, address);
        case 'docs':
          return { status: 200, headers: { 'content-type': 'text/html;charset=utf-8' }, body: ports.docs.page() };
        case 'upload':
          return refuse(
            new HubError('NOT_ALLOWED', 'Operation is not supported by this server: upload is known and not yet served', {
              russian: 'Operation is not supported by this server: загрузка файлов известна, но пока не обслуживается',
            }),
            request,
          );
      }
    },
  };
}

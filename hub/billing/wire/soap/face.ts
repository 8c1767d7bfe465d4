import { HubError, toHubError } from '../../../core/errors.ts';
import type { ForeignAnswer, ForeignRequest } from '../../../core/http/foreign.ts';
import type { Principal } from '../../../core/identity/principal.ts';
import type { Operation } from '../../catalogue/descriptor.ts';
import type { ServedService } from '../../catalogue/registry.ts';
import { registryOf } from '../../catalogue/release-shapes.ts';
import type { Address } from '../address.ts';
import { basicCredentials } from '../credentials.ts';
import { type Fault, faultOf, languageFor, UNKNOWN_TARGET } from '../faults.ts';
import type { Face, FacePorts } from '../json/face.ts';
import { NS } from '../namespaces.ts';
import { hasSoapHeader, profileOf } from '../profiles.ts';
import { callOperation, operationOf, serviceAt } from '../web-service.ts';
import { MUST_UNDERSTAND, openEnvelope } from './envelope.ts';
import { createSoapReader, type SoapReader } from './read.ts';
import { schemaDocument } from './schema.ts';
import { decodeXml, parseXml } from './tree.ts';
import { createSoapWriter, faultEnvelope, type SoapWriter } from './write.ts';
import { wsdlOf } from './wsdl.ts';

const HEADERS = { 'content-type': 'text/xml;charset=utf-8', 'cache-control': 'no-store' };
const CHALLENGE = 'Basic realm="billing", charset="UTF-8"';
const MIME_PARTS = /^\s*multipart\//i;

/** How far a call got: a fault is worded by it. */
interface Progress {
  principal?: Principal;
  operation?: Operation;
  byHeader?: boolean;
}

/** The SOAP protocol (spec billing 5). */
export function createSoapFace({ registry, performer, authentication, settings }: FacePorts): Face {
  const codecs = new Map<ServedService, { readonly reader: SoapReader; readonly writer: SoapWriter }>();
  const codecsOf = (served: ServedService) => {
    const made = codecs.get(served);
    if (made) return made;
    const fresh = { reader: createSoapReader(served, settings.timeZone), writer: createSoapWriter(served, settings.timeZone) };
    codecs.set(served, fresh);
    return fresh;
  };
  const wsdls = new Map<ServedService, (location: string) => string>();

  const describe = (request: ForeignRequest, served: ServedService): ForeignAnswer => {
    const location = `${request.origin ?? ''}${request.url.split('?', 1)[0]}`;
    if (/\?(?:.*&)?wsdl\b/i.test(request.url)) {
      const render = wsdls.get(served) ?? wsdlOf(served);
      wsdls.set(served, render);
      return { status: 200, headers: { 'content-type': 'text/xml;charset=utf-8' }, body: render(location) };
    }
    const number = /\?(?:.*&)?xsd=(\d)/i.exec(request.url)?.[1];
    const schema = number === undefined ? undefined : schemaDocument(served, Number(number));
    if (schema !== undefined) return { status: 200, headers: { 'content-type': 'text/xml;charset=utf-8' }, body: schema };
    return { status: 200, headers: { 'content-type': 'text/html;charset=utf-8' }, body: page(served) };
  };

  const answerCall = async (
    request: ForeignRequest,
    address: Address,
    served: ServedService,
    failing: Progress,
  ): Promise<ForeignAnswer> => {
    const { headers, requestId } = request;
    const type = headers['content-type'];
    if (MIME_PARTS.test(type ?? ''))
      throw new HubError('UNSUPPORTED_MEDIA', 'MIME parts are not taken', { russian: 'MIME части не поддерживаются' });
    const { credentials, wrapper } = openEnvelope(parseXml(decodeXml(request.body, type)));
    failing.byHeader = credentials !== undefined;
    const given = credentials ?? basicCredentials(headers.authorization);
    if (!given) throw new HubError('UNAUTHORIZED');
    const principal = await authentication.authenticateBasic(given.login, given.password, request.address);
    failing.principal = principal;
    const operation = operationOf(served, wrapper.local);
    failing.operation = operation.operation;
    const { reader, writer } = codecsOf(served);
    const profile = profileOf(settings, address.first);
    const { value, out } = await callOperation(
      performer,
      { protocol: 'soap', principal, address: request.address, requestId, profile, moduleId: address.moduleId },
      operation,
      () => reader.arguments(operation, wrapper),
    );
    return { status: 200, headers: HEADERS, ...writer.answer(operation, value, out, hasSoapHeader(profile)) };
  };

  const failed = (
    thrown: unknown,
    request: ForeignRequest,
    address: Address,
    served: ServedService | undefined,
    about: Progress,
  ): ForeignAnswer => {
    const error = toHubError(thrown);
    const { requestId, headers } = request;
    const fault = faultOf(error, {
      requestId,
      language: languageFor(headers['accept-language'], about.principal?.locale),
      operation: about.operation,
    });
    const named: Fault = { ...fault, side: error.code === 'BAD_REQUEST' && !about.operation ? 'client' : fault.side };
    const header = hasSoapHeader(profileOf(settings, address.first));
    const text = faultEnvelope(named, served?.service.namespace ?? NS.common, header);
    const body = error.reason === MUST_UNDERSTAND ? text.replace('S:Client', 'S:MustUnderstand') : text;
    const denied = error.code === 'UNAUTHORIZED' && !about.byHeader;
    const status = denied ? 401 : error.reason === UNKNOWN_TARGET && !served ? 404 : error.code === 'METHOD_NOT_ALLOWED' ? 405 : 500;
    return { status, headers: denied ? { ...HEADERS, 'www-authenticate': CHALLENGE } : HEADERS, body };
  };

  return async (request, address) => {
    const about: Progress = {};
    let served: ServedService | undefined;
    try {
      served = serviceAt(registryOf(registry, profileOf(settings, address.first)), address);
      if (request.method === 'GET' || request.method === 'HEAD') return describe(request, served);
      return await answerCall(request, address, served, about);
    } catch (thrown) {
      return failed(thrown, request, address, served, about);
    }
  };
}

/** What the address of a service shows a person. */
function page({ service, operations }: ServedService): string {
  const names = [...operations.keys()].map((name) => `<li><code>${name}</code></li>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${service.name}</title><h1>${service.name}</h1><p>SOAP: <a href="?wsdl">?wsdl</a></p><ul>${names}</ul></html>`;
}

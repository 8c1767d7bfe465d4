import { HubError, toHubError } from '../../../core/errors.ts';
import type { ForeignAnswer, ForeignRequest } from '../../../core/http/foreign.ts';
import type { Authentication, Principal } from '../../../core/identity/principal.ts';
import type { Registry, ServedService } from '../../catalogue/registry.ts';
import { registryOf } from '../../catalogue/release-shapes.ts';
import type { BillingSettings } from '../../settings.ts';
import type { Address } from '../address.ts';
import { basicCredentials, type Credentials } from '../credentials.ts';
import { classOf, faultOf, languageFor } from '../faults.ts';
import type { Performer } from '../perform.ts';
import { profileOf } from '../profiles.ts';
import { callOperation, operationOf, serviceAt } from '../web-service.ts';
import { ExactNumber, parseJson } from './parse.ts';
import { createJsonReader, type JsonReader } from './read.ts';
import { createJsonWriter, type JsonWriter } from './write.ts';

export interface FacePorts {
  readonly registry: Registry;
  readonly performer: Performer;
  readonly authentication: Pick<Authentication, 'authenticateBasic'>;
  readonly settings: BillingSettings;
}

export type Face = (request: ForeignRequest, address: Address) => Promise<ForeignAnswer>;

const HEADERS = { 'content-type': 'application/json;charset=utf-8', 'cache-control': 'no-store' };

/** What stands before the data of a call that went well. */
const OK = '{"status":"ok","message":"","exception":null,"tag":null,"data":';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : value instanceof ExactNumber ? value.text : typeof value === 'number' ? String(value) : undefined;

/** Who calls: the object `user`, or HTTP Basic where it is missing. */
function credentialsOf(user: unknown, authorization: string | undefined): Credentials {
  if (!isObject(user)) {
    const basic = basicCredentials(authorization);
    if (basic) return basic;
    throw new HubError('UNAUTHORIZED');
  }
  return { login: textOf(user['user']) ?? '', password: textOf(user['pswd']) ?? '' };
}

/** The answer of a call that failed. `extra` is for errors before any operation is known. */
function failed(thrown: unknown, about: Parameters<typeof faultOf>[1]): ForeignAnswer {
  const { name, message, tag } = faultOf(toHubError(thrown), about);
  const body = JSON.stringify({ status: 'error', message, exception: classOf(name), tag, data: {} });
  return { status: 200, headers: HEADERS, body };
}

/** The JSON protocol (spec billing 6): every answer has the status 200 and tells by itself how it went. */
export function createJsonFace({ registry, performer, authentication, settings }: FacePorts): Face {
  const codecs = new Map<ServedService, { readonly reader: JsonReader; readonly writer: JsonWriter }>();
  const codecsOf = (served: ServedService) => {
    const made = codecs.get(served);
    if (made) return made;
    const { timeZone, strictPrimitives } = settings;
    const fresh = { reader: createJsonReader(served, { timeZone, strict: strictPrimitives }), writer: createJsonWriter(served, timeZone) };
    codecs.set(served, fresh);
    return fresh;
  };

  return async (request, address) => {
    let principal: Principal | undefined;
    const about = { requestId: request.requestId, language: languageFor(request.headers['accept-language'], undefined) };
    let fault: Parameters<typeof faultOf>[1] = about;
    try {
      const profile = profileOf(settings, address.first);
      const service = serviceAt(registryOf(registry, profile), address);
      const body = parseJson(request.body);
      if (!isObject(body))
        throw new HubError('BAD_REQUEST', 'the body must be an object with method, user and params', {
          reason: 'body',
          russian: 'Ожидается объект с полями method, user, params',
        });
      const { login, password } = credentialsOf(body['user'], request.headers.authorization);
      principal = await authentication.authenticateBasic(login, password, request.address);
      fault = { ...about, language: languageFor(request.headers['accept-language'], principal.locale) };
      const served = operationOf(service, textOf(body['method']) ?? '');
      fault = { ...fault, operation: served.operation };
      const { reader, writer } = codecsOf(service);
      const { requestId } = request;
      const { value, out } = await callOperation(
        performer,
        { protocol: 'json', principal, address: request.address, requestId, profile, moduleId: address.moduleId },
        served,
        () => reader.arguments(served, body['params']),
      );
      return { status: 200, headers: HEADERS, ...writer.answer(OK, served, value, out, '}') };
    } catch (thrown) {
      return failed(thrown, fault);
    }
  };
}

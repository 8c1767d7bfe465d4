import { HubError } from '../../core/errors.ts';
import type { Registry, ServedOperation, ServedService } from '../catalogue/registry.ts';
import { packageOf } from '../catalogue/registry.ts';
import { HIDDEN } from '../journal/secret-names.ts';
import { NS } from '../wire/namespaces.ts';
import { soapArguments } from './soap-arguments.ts';

/** What is to be called, as the console is asked for it. */
interface Common {
  /** What stands before `/executer`: `/bgbilling`; it chooses the release (Default: nothing) */
  readonly prefix?: string | undefined;
  readonly language?: 'ru' | 'en' | undefined;
}

export interface ActionWanted extends Common {
  readonly protocol: 'action';
  readonly module: string;
  readonly action: string;
  readonly arguments: Readonly<Record<string, string | number | boolean | null>>;
  readonly method: 'GET' | 'POST';
}

export interface OperationWanted extends Common {
  readonly protocol: 'soap' | 'json';
  readonly service: string;
  readonly operation: string;
  readonly module_id?: number | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Sent as it is, instead of `operation` and `arguments`; then the login is HTTP Basic. */
  readonly body?: string | undefined;
}

export type CallWanted = ActionWanted | OperationWanted;

/** A request as it goes over the wire. */
export interface BuiltRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Builds the request for a login; with `***` for the password it is what people are shown. */
type Build = (login: string, password: string) => BuiltRequest;

/** Parameters of the protocol itself. */
const RESERVED: ReadonlySet<string> = new Set(['module', 'action', 'user', 'pswd', 'authToSession', 'BGBillingSecret']);

const basic = (login: string, password: string): string =>
  `Basic ${password === HIDDEN ? HIDDEN : Buffer.from(`${login}:${password}`).toString('base64')}`;

function buildAction({ prefix = '', language, module, action, arguments: given, method }: ActionWanted): Build {
  const reserved = Object.keys(given).find((name) => RESERVED.has(name));
  if (reserved !== undefined) {
    const message = 'the console sets this itself';
    throw new HubError('VALIDATION', `arguments.${reserved}: ${message}`, {
      details: [{ code: 'ARGUMENT', path: `/arguments/${reserved}`, message }],
    });
  }
  const own = Object.entries(given).flatMap(([name, value]) =>
    value === null ? [] : [[name, typeof value === 'boolean' ? String(Number(value)) : String(value)]],
  );
  return (login, password) => {
    // The star of what is shown is not spelled in percent.
    const pairs = new URLSearchParams([
      ['module', module],
      ['action', action],
      ['user', login],
      ['pswd', password],
      ['authToSession', '0'],
      ...own,
    ]);
    const text = pairs.toString();
    const headers = { ...(language && { 'accept-language': language }) };
    const url = `${prefix}/executer`;
    if (method === 'GET') return { method, url: `${url}?${text}`, headers, body: '' };
    return { method, url, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: text };
  };
}

/** @throws HubError NOT_FOUND, VALIDATION */
function findService(registry: Registry, { service: name, module_id: moduleId }: OperationWanted): ServedService {
  const served = registry.services.find(({ service }) => service.name === name);
  if (!served) throw new HubError('NOT_FOUND', `there is no service ${name}`, { reason: 'service', russian: `Сервис не найден: ${name}` });
  const { ofModule } = packageOf(served.service.package);
  if (ofModule === (moduleId !== undefined)) return served;
  const message = ofModule ? `${name} needs the number of a module` : `${name} belongs to no module`;
  throw new HubError('VALIDATION', `module_id: ${message}`, { details: [{ code: 'MODULE', path: '/module_id', message }] });
}

function findOperation({ service, operations }: ServedService, name: string): ServedOperation {
  const found = operations.get(name);
  if (found) return found;
  throw new HubError('NOT_FOUND', `there is no operation ${service.name}.${name}`, {
    reason: 'operation',
    russian: `Операция не найдена: ${service.name}.${name}`,
  });
}

function buildOperation(registry: Registry, wanted: OperationWanted): Build {
  const { protocol, prefix = '', language, operation: name, module_id: moduleId, arguments: given, body } = wanted;
  const served = findService(registry, wanted);
  const { service } = served;
  const home = packageOf(service.package).name;
  const url = `${prefix}/executer/${protocol === 'json' ? 'json/' : ''}${home}${moduleId === undefined ? '' : `/${moduleId}`}/${service.name}`;
  const headers = {
    'content-type': protocol === 'json' ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
    ...(protocol === 'soap' && { soapaction: '""' }),
    ...(language && { 'accept-language': language }),
  };
  if (body !== undefined)
    return (login, password) => ({ method: 'POST', url, headers: { ...headers, authorization: basic(login, password) }, body });
  const operation = findOperation(served, name);
  if (protocol === 'json')
    return (user, pswd) => ({
      method: 'POST',
      url,
      headers,
      body: JSON.stringify({ method: name, user: { user, pswd }, params: given }, null, 2),
    });
  const inside = soapArguments(served, operation, given);
  const envelope =
    `<S:Envelope xmlns:S="${NS.envelope}" xmlns:xsi="${NS.instance}" xmlns:b="${service.namespace}"><S:Header/>` +
    `<S:Body><b:${name}>${inside}</b:${name}></S:Body></S:Envelope>`;
  return (login, password) => ({ method: 'POST', url, headers: { ...headers, authorization: basic(login, password) }, body: envelope });
}

/**
 * What is asked for as a request of its protocol.
 * @throws HubError NOT_FOUND: no such service or operation; VALIDATION: an argument that has no place in the message
 */
export const buildRequest = (registry: Registry, wanted: CallWanted): Build =>
  wanted.protocol === 'action' ? buildAction(wanted) : buildOperation(registry, wanted);

import type { Queryable } from '../core/database/statement.ts';
import { type FaultDetail, HubError } from '../core/errors.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { SUBSCRIBER_VARIABLES } from './billing-variables.ts';
import { binToken } from './bin-address.ts';
import { checkAllowed } from './check-allowed.ts';
import type { EndpointSettings, SettingsInput } from './endpoint.ts';
import { readSettings } from './endpoint-rules.ts';
import { type EndpointSecrets, returnSecrets } from './endpoint-secrets.ts';
import type { Family } from './family.ts';
import type { AddressPolicy } from './guard/address-policy.ts';
import { refusalError } from './guard/refusal.ts';
import { fillSecrets, MASK, secretNames } from './header-secrets.ts';
import { type CompiledMessage, compileMessage } from './message.ts';
import { sampleValues } from './render/samples.ts';
import { dictionaryNamesInScope, organizationById } from './sql/projections.ts';

/** What the use cases of endpoints need of the hub. */
export interface EndpointPorts {
  readonly secretKey: SecretKey;
  /** Where the request bins are (bin-address.ts). */
  readonly binBase: string;
  readonly policy: AddressPolicy;
}

/** One thing that the check found. Errors stop the save. */
export interface EndpointFinding {
  readonly severity: 'error' | 'warning';
  /** Of spec 7.2 */
  readonly code: string;
  /** JSON Pointer into the settings. */
  readonly path: string;
  /** Within a template, from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly variable?: string;
  /** The set of sample values that failed. */
  readonly set?: string;
  readonly message: string;
  readonly russian: string;
}

/** The outcome of a check. */
export interface CheckedEndpoint {
  /** With their secrets; good for use when nothing is an error. */
  readonly settings: EndpointSettings;
  readonly findings: readonly EndpointFinding[];
  /** Undefined when its templates have errors. */
  readonly message: CompiledMessage | undefined;
  /** The address with typical values. */
  readonly address: string | undefined;
  /** Names of dictionaries that the templates use. */
  readonly dictionaries: readonly string[];
}

export interface CheckInput {
  readonly family: Family;
  readonly organizationId: number | null;
  /** What is there, with `***`; or the settings of a profile. */
  readonly base: EndpointSettings;
  readonly secrets: EndpointSecrets;
  readonly input: SettingsInput;
}

const MISSING = {
  en: `${MASK} keeps a stored value, and there is none: give the value`,
  ru: `${MASK} сохраняет прежнее значение, а его нет: введите значение`,
};

/** Puts the stored secrets where the input says `***`, and tells where there is none. */
function keepSecrets({ base, secrets, input }: CheckInput): { input: SettingsInput; findings: EndpointFinding[] } {
  const findings: EndpointFinding[] = [];
  const fault = (code: string, path: string, about: Partial<EndpointFinding> = {}, named = path.slice(1)): void => {
    findings.push({
      severity: 'error',
      code,
      path,
      ...about,
      message: `${named}: ${MISSING.en}`,
      russian: `${named}: ${MISSING.ru}`,
    });
  };
  const filled: SettingsInput = { ...input };
  if (input.headers !== undefined || input.secret_headers !== undefined) {
    const names = secretNames(input.secret_headers ?? base.secret_headers);
    const kept = fillSecrets(input.headers ?? base.headers, names, secrets.headers, secretNames([...base.secret_headers, ...names]));
    filled.headers = kept.headers;
    for (const { line, name } of kept.missing) fault('headers', '/headers', { line, column: 1 }, `headers, ${line}: ${name}`);
  }
  if (input.client_cert?.key.trim() === MASK) {
    if (secrets.clientKey === null) fault('client_cert', '/client_cert/key');
    filled.client_cert = { ...input.client_cert, key: secrets.clientKey ?? '' };
  }
  return { input: filled, findings };
}

const NO_OWNER: EndpointFinding = {
  severity: 'error',
  code: 'organization_id',
  path: '/organization_id',
  message: 'organization_id: an endpoint of the billing belongs to the hub itself: contracts belong to no organization',
  russian: 'organization_id: получатель семейства billing принадлежит самому серверу: договоры не относятся к организациям',
};

/** Variables in the templates that stay empty, because nobody has said that personal data may be sent. */
const withheldFindings = (family: Family, settings: EndpointSettings, variables: readonly string[]): EndpointFinding[] =>
  family !== 'billing' || settings.subscriber_data
    ? []
    : variables
        .filter((name) => WITHHELD.has(name))
        .map((name) => ({
          severity: 'warning',
          code: 'subscriber_data',
          path: '/subscriber_data',
          variable: name,
          message: `@{${name}} may hold personal data and stays empty while subscriber_data is off`,
          russian: `@{${name}} может содержать персональные данные и остаётся пустой, пока выключено subscriber_data`,
        }));
const WITHHELD: ReadonlySet<string> = new Set(SUBSCRIBER_VARIABLES.filter((name) => name !== 'former'));

/** Names of dictionaries as the compiler wants them: both names of each, once when they are equal. */
const dictionaryNames = async (db: Queryable): Promise<string[]> =>
  (await dictionaryNamesInScope(db)).flatMap(({ name, nameLatin }) =>
    nameLatin === null || nameLatin === name ? [name] : [name, nameLatin],
  );

/** The guard's refusal of the address as typical values render it; undefined when it is permitted, or one of a request bin. */
async function refusalOf(
  db: Queryable,
  ports: EndpointPorts,
  address: string,
  organizationId: number | null,
): Promise<HubError | undefined> {
  if (binToken(address, ports.binBase) !== undefined) return undefined;
  const judged = await checkAllowed(db, ports.policy, address, organizationId);
  return judged.permitted ? undefined : refusalError(address, judged);
}

/** Not being on the allow-list stops enabling, not saving (spec 6.5). */
function addressFinding({ reason = 'url', message, russian = message }: HubError): EndpointFinding {
  const listed = reason !== 'address_not_allowed';
  return { severity: listed ? 'error' : 'warning', code: reason, path: '/url', message, russian };
}

/** @throws HubError CONFLICT `address_not_allowed`, or what else the guard says of the address. */
export async function requireAllowed(
  db: Queryable,
  ports: EndpointPorts,
  { address }: CheckedEndpoint,
  organizationId: number | null,
): Promise<void> {
  const refusal = address === undefined ? undefined : await refusalOf(db, ports, address, organizationId);
  if (refusal) throw refusal;
}

/**
 * Checks settings as a save would, and compiles their templates: the one check behind saving, linting and preview.
 * Nothing is written. Faults are findings; it throws for nothing that a user can write.
 */
export async function checkEndpoint(db: Queryable, ports: EndpointPorts, about: CheckInput): Promise<CheckedEndpoint> {
  const { family, organizationId } = about;
  const [owner] = organizationId === null ? [] : await organizationById(db, organizationId);
  const kept = keepSecrets(about);
  const { settings, faults } = readSettings(kept.input, returnSecrets(about.base, about.secrets), {
    family,
    owner: owner && { id: owner.organizationId, kind: owner.kind },
    now: Temporal.Now.instant(),
  });
  const findings: EndpointFinding[] = [...faults.map((fault) => ({ severity: 'error' as const, ...fault })), ...kept.findings];
  if (organizationId !== null && !owner) {
    findings.push({
      severity: 'warning',
      code: 'organization_unknown',
      path: '/organization_id',
      message: `no organization ${organizationId} is known here: until there is one, nothing is sent`,
      russian: `организация ${organizationId} здесь неизвестна: пока её нет, ничего не отправляется`,
    });
  }
  if (family === 'billing' && organizationId !== null) findings.push(NO_OWNER);
  // Templates are compiled by settings that are right.
  if (faults.some(({ code }) => code === 'method' || code === 'url'))
    return { settings, findings, message: undefined, address: undefined, dictionaries: [] };
  const compiled = compileMessage({
    family,
    method: settings.method,
    url: settings.url,
    headers: settings.headers,
    body: settings.body,
    bodyFormat: settings.body_format,
    unknown: settings.unknown,
    signing: settings.signing,
    dictionaries: await dictionaryNames(db),
  });
  for (const { setting, ...finding } of compiled.findings) findings.push({ ...finding, path: `/${setting}` });
  const { message } = compiled;
  if (!message) return { settings, findings, message, address: undefined, dictionaries: [] };
  findings.push(...withheldFindings(family, settings, message.variables));
  const address = message.render(sampleValues(family, 'typical')).url;
  const refusal = await refusalOf(db, ports, address, organizationId);
  if (refusal) findings.push(addressFinding(refusal));
  return { settings, findings, message, address, dictionaries: message.dictionaries };
}

const detailOf = ({ code, path, line, column, set, message }: EndpointFinding): FaultDetail => ({
  code,
  path,
  message: `${line === undefined ? '' : `line ${line}, column ${column}: `}${message}${set === undefined ? '' : ` (values: ${set})`}`,
});

/** @throws HubError BAD_REQUEST with the first error's code as the reason, listing all of them. */
export function requireFaultless({ findings }: CheckedEndpoint): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const moreInRussian = errors.length > 1 ? ` (и ещё ${errors.length - 1})` : '';
  const place = first.line === undefined ? '' : `, строка ${first.line}, столбец ${first.column}`;
  throw new HubError('BAD_REQUEST', detailOf(first).message + more, {
    reason: first.code,
    russian: `${first.russian}${place}${moreInRussian}`,
    details: errors.slice(0, 100).map(detailOf),
  });
}

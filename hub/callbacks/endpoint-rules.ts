import { BILLING_EVENT_TYPES } from './billing-event-types.ts';
import { authorityFault, clientCertificateFault } from './client-certificate.ts';
import { type EndpointSettings, type SettingsInput, SOURCES_OF, settingsInput } from './endpoint.ts';
import { ORDER_EVENT_TYPES, STATIC_KINDS } from './event-types.ts';
import type { Family } from './family.ts';
import { readSchedule } from './schedule.ts';
import { successCode } from './success.ts';

/** What is allowed in the settings of an endpoint, apart from its templates, which message.ts checks (spec 4, 7.2). */
export interface SettingFault {
  /** Of spec 7.2: `method`, `url`, `schedule`, ... */
  readonly code: string;
  /** JSON Pointer into the settings. */
  readonly path: string;
  readonly message: string;
  readonly russian: string;
}

const MOST_URL = 2_048;
const NAME = /^\P{Cc}{1,200}$/u;
const LITERAL = /^\P{Cc}{0,200}$/u;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const METHODS = ['POST', 'GET'] as const;

const namesOf = (types: readonly { readonly name: string }[]): ReadonlySet<string> => new Set(types.map(({ name }) => name));
const KNOWN: Readonly<Record<Family, ReadonlySet<string>>> = {
  order: namesOf(ORDER_EVENT_TYPES),
  static: namesOf(STATIC_KINDS),
  billing: namesOf(BILLING_EVENT_TYPES),
};

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Brings what was given into its one form: the method in capitals, lists without repeats, statuses as texts. */
function normalize(input: SettingsInput): Partial<EndpointSettings> {
  const { method, success, schedule: _, name, ...rest } = input;
  return Object.fromEntries(
    Object.entries({
      ...rest,
      name: name?.trim(),
      method: method?.trim().toUpperCase(),
      success: success === undefined ? undefined : (typeof success === 'string' ? success.split(/[\s,]+/) : success).map(String),
      ...Object.fromEntries(
        (['events', 'actions', 'organizations', 'sources', 'mask', 'secret_headers', 'groups'] as const).map((key) => [
          key,
          rest[key] && unique<unknown>(rest[key]),
        ]),
      ),
    }).filter(([, value]) => value !== undefined),
  );
}

/** The address of a template: variables may stand in it, so that only its beginning can be judged before it is rendered. */
function urlFault(url: string, httpsOnly: boolean): [en: string, ru: string] | undefined {
  if (url === '') return ['an address is needed, such as https://receiver.example/in', 'нужен адрес, например https://receiver.example/in'];
  if (url.length > MOST_URL)
    return [
      `it has ${url.length} characters; at most ${MOST_URL} are allowed`,
      `символов: ${url.length}; допускается не больше ${MOST_URL}`,
    ];
  if (!/^https?:\/\/[^/\\\s]/i.test(url))
    return ['it must begin with http:// or https:// and a host', 'адрес должен начинаться с http:// или https:// и имени узла'];
  if (httpsOnly && !/^https:/i.test(url))
    return ['only https is allowed while https_only is on', 'пока включено https_only, допускается только https'];
  return undefined;
}

/** Settings that mean something in another family only: left out of force in silence, they would be missed. */
function* foreignSettings(family: Family, { organizations, groups, subscriber_data: subscriberData }: EndpointSettings) {
  if (family === 'billing' && organizations.length > 0)
    yield {
      code: 'organizations',
      path: '/organizations',
      en: 'the billing has no organizations; choose contracts by groups',
      ru: 'в биллинге нет организаций; отбирайте договоры по группам (groups)',
    };
  if (family !== 'billing' && groups.length > 0)
    yield {
      code: 'groups',
      path: '/groups',
      en: 'only contracts of the billing have groups',
      ru: 'группы есть только у договоров биллинга',
    };
  if (family !== 'billing' && subscriberData)
    yield {
      code: 'subscriber_data',
      path: '/subscriber_data',
      en: 'only the family billing has it',
      ru: 'настройка есть только в семействе billing',
    };
}

const ORDER = Object.keys(settingsInput.shape) as (keyof EndpointSettings)[];

/** Settings in the order of the schema, in which they are stored, shown and compared. */
const inOrder = (settings: EndpointSettings): EndpointSettings =>
  Object.fromEntries(ORDER.map((key) => [key, settings[key]])) as unknown as EndpointSettings;

/**
 * Puts what was given over what is there and checks all of it.
 * @param base the present settings with their secrets, or those of a profile.
 * @returns the settings; they are good for use only when there are no faults.
 */
export function readSettings(
  input: SettingsInput,
  base: EndpointSettings,
  about: {
    readonly family: Family;
    readonly owner: { readonly id: number; readonly kind: 'agency' | 'client' } | undefined;
    readonly now: Temporal.Instant;
  },
): { readonly settings: EndpointSettings; readonly faults: readonly SettingFault[] } {
  const { family, owner, now } = about;
  const faults: SettingFault[] = [];
  const fault = (code: string, path: string, message: string, russian: string): void => {
    faults.push({ code, path, message: `${path.slice(1)}: ${message}`, russian: `${path.slice(1)}: ${russian}` });
  };
  const given = { ...base, ...normalize(input) };

  if (!NAME.test(given.name))
    fault('name', '/name', 'must be 1 to 200 characters in one line', 'должно быть от 1 до 200 символов в одну строку');
  const wrong = urlFault(given.url, given.https_only);
  if (wrong) fault('url', '/url', ...wrong);
  if (!METHODS.includes(given.method))
    fault('method', '/method', 'must be POST or GET, without quotes', 'нужно ввести POST или GET без кавычек');
  given.secret_headers.forEach((name, index) => {
    if (!HEADER_NAME.test(name))
      fault('headers', `/secret_headers/${index}`, 'must be the name of a header', 'должно быть именем заголовка');
  });

  if (given.events.length === 0) fault('events', '/events', 'select at least one', 'выберите хотя бы одно');
  given.events.forEach((name, index) => {
    if (KNOWN[family].has(name)) return;
    const kinds = [...KNOWN[family]].join(', ');
    fault('events', `/events/${index}`, `must be one of ${kinds}`, `допускаются ${kinds}`);
  });
  if (family === 'static' && given.actions.length === 0) fault('actions', '/actions', 'select at least one', 'выберите хотя бы одно');
  if (given.sources.length === 0) fault('sources', '/sources', 'select at least one', 'выберите хотя бы один');
  given.sources.forEach((source, index) => {
    const known = SOURCES_OF[family];
    if (!known.includes(source))
      fault('sources', `/sources/${index}`, `must be one of ${known.join(', ')}`, `допускаются ${known.join(', ')}`);
  });
  for (const { code, path, en, ru } of foreignSettings(family, given)) fault(code, path, en, ru);
  if (owner?.kind === 'client' && given.organizations.some((id) => id !== owner.id))
    fault(
      'organizations',
      '/organizations',
      `the owner ${owner.id} is a client and sees its own changes only`,
      `владелец ${owner.id} — клиент и видит только свои изменения`,
    );
  for (const [type, literal] of Object.entries(given.event_names)) {
    const path = `/event_names/${type.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (family === 'static') fault('event_names', path, '@Type always is the name of the kind', '@Type всегда содержит название типа');
    else if (!KNOWN[family].has(type)) fault('event_names', path, 'there is no such type of event', 'нет такого типа события');
    else if (!LITERAL.test(literal))
      fault('event_names', path, 'must be at most 200 characters in one line', 'не больше 200 символов в одну строку');
  }

  const success = given.success.map((item) => successCode(item));
  if (success.length === 0 || success.includes(undefined))
    fault(
      'success',
      '/success',
      'must be statuses such as 200 and classes such as 2xx; 1xx and 3xx never are a success',
      'нужны коды, например 200, и классы, например 2xx; 1xx и 3xx успехом не бывают',
    );
  for (const key of ['contains', 'lacks'] as const) {
    const text = given.success_body[key];
    if (text !== null && (text === '' || text.length > 1_000))
      fault('success_body', `/success_body/${key}`, 'must be 1 to 1000 characters, or null', 'должно быть от 1 до 1000 символов или null');
  }
  const reading = readSchedule(input.schedule ?? base.schedule, given.max_attempts);
  if (!('schedule' in reading)) fault('schedule', '/schedule', reading.en, reading.ru);

  if (given.client_cert !== null) {
    const found = clientCertificateFault(given.client_cert, now);
    if (found) fault('client_cert', '/client_cert', found.en, found.ru);
  }
  if (given.ca !== null) {
    const found = authorityFault(given.ca);
    if (found) fault('ca', '/ca', found.en, found.ru);
  }
  if (given.retention_days.bodies > given.retention_days.log)
    fault('retention_days', '/retention_days', 'bodies cannot be kept longer than the log', 'тела не могут храниться дольше журнала');

  const settings: EndpointSettings = {
    ...given,
    success: unique(success.filter((code) => code !== undefined)),
    schedule: 'schedule' in reading ? reading.schedule : base.schedule,
  };
  return { settings: inOrder(settings), faults };
}

import { BILLING_EVENT_TYPES } from './billing-event-types.ts';
import { ACTIONS, type EndpointSettings, MASK_CLASSES, type ProfileName, SOURCES_OF } from './endpoint.ts';
import { ORDER_EVENT_TYPES, STATIC_KINDS } from './event-types.ts';
import type { Family } from './family.ts';
import { ordinaryVariables, placeholder } from './ordinary-variables.ts';
import { ATTEMPTS_OF_THE_SOURCE, EVERY_FIVE_MINUTES } from './schedule.ts';

/**
 * The defaults of a new endpoint (spec 4). `classic` does what the source says; `modern` is advised for new receivers. A profile fills in
 * settings and is forgotten then; each of them stays editable.
 */
type Defaults = Omit<EndpointSettings, 'name' | 'url' | 'body' | 'events' | 'sources'>;

const CLASSIC: Defaults = {
  https_only: false,
  headers: '',
  secret_headers: [],
  method: 'POST',
  actions: ACTIONS,
  organizations: [],
  send_unchanged: true,
  event_names: {},
  success: ['200'],
  success_body: { contains: null, lacks: null },
  schedule: EVERY_FIVE_MINUTES,
  max_attempts: ATTEMPTS_OF_THE_SOURCE,
  connect_timeout: 5,
  timeout: 30,
  ordering: 'start',
  max_hold: 3_000,
  concurrency: 8,
  rate: null,
  retry_after: 'ignore',
  gone: 'retry',
  breaker: 'observe',
  auto_disable: 'notice',
  values: 'at_event',
  empty_ids: '',
  unknown: 'keep',
  callback_id: 'per_attempt',
  body_format: 'auto',
  language: 'ru',
  relation_removal: 'empty',
  client_cert: null,
  ca: null,
  signing: false,
  mask: MASK_CLASSES,
  retention_days: { bodies: 30, log: 180 },
  groups: [],
  subscriber_data: false,
};

const MODERN: Defaults = {
  ...CLASSIC,
  https_only: true,
  send_unchanged: false,
  success: ['2xx'],
  schedule: { kind: 'list', seconds: [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 86_400], jitter: 20 },
  timeout: 15,
  max_hold: 86_400,
  retry_after: 'honour',
  gone: 'disable',
  breaker: 'hold',
  auto_disable: 'disable',
  unknown: 'error',
  signing: true,
};

/** The header lines of the source's picture, which the console's button inserts. */
export const SAMPLE_HEADERS = `Accept-Encoding: gzip,deflate
Content-Type: text/xml;charset=UTF-8
SOAPAction: http://sap.com/xi/WebService/soap1.1
User-Agent: Corteos
Cookie2: $Version=1
Authorization: Basic QsdfgSDGHFasdfSADFxaWM=`;

/** One element for each variable of the source, and of the billing for each that matters; for static data the form that the original is known to send. */
export function defaultBody(family: Family): string {
  if (family === 'static') return '<Change><Before>@Before</Before><After>@After</After></Change>';
  return `<Event>${ordinaryVariables(family)
    .map((variable) => `<${variable.name}>${placeholder(variable, family)}</${variable.name}>`)
    .join('')}</Event>`;
}

const selected = (types: readonly { readonly name: string; readonly selected: boolean }[]): readonly string[] =>
  types.filter((type) => type.selected).map(({ name }) => name);

const DEFAULT_EVENTS: Readonly<Record<Family, readonly string[]>> = {
  order: selected(ORDER_EVENT_TYPES),
  static: STATIC_KINDS.map(({ name }) => name),
  billing: selected(BILLING_EVENT_TYPES),
};

/** What a new endpoint begins with; name and address have no default. */
export const profileSettings = (profile: ProfileName, family: Family): EndpointSettings => ({
  ...(profile === 'modern' ? MODERN : CLASSIC),
  name: '',
  url: '',
  body: defaultBody(family),
  events: DEFAULT_EVENTS[family],
  sources: SOURCES_OF[family],
});

import * as z from 'zod';
import { FAMILIES, type Family } from './family.ts';
import type { Schedule } from './schedule.ts';
import type { SuccessBody } from './success.ts';

/**
 * An endpoint: a receiver of callbacks with all its settings (spec 4).
 *
 * States and transitions:
 *   (new) -add-> disabled
 *   disabled -enable-> enabled        needs an entry of the allow-list for its address, or a request bin
 *   enabled -disable-> disabled       by a person; no deliveries are made
 *   enabled -disable by the hub-> disabled by the hub      410, or failures alone for days; deliveries are made and held
 *   disabled by the hub -enable-> enabled; -disable-> disabled
 *   any -delete-> deleted             its secrets go at once; its versions and the log stay
 * Settings belong to versions: each save that changes something makes the next one, and none is ever changed.
 */
export const PROFILE_NAMES = ['classic', 'modern'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** Where a change came from: travel says its kind of source (spec 2.1), the billing its protocol (spec billing 2.13). */
const TRAVEL_SOURCES = ['console', 'api', 'import', 'system'] as const;
const BILLING_SOURCES = ['action', 'soap', 'json', 'rest', 'cli', 'scheduler'] as const;
const SOURCES = [...TRAVEL_SOURCES, ...BILLING_SOURCES] as const;
export type Source = (typeof SOURCES)[number];
export const SOURCES_OF: Readonly<Record<Family, readonly Source[]>> = {
  order: TRAVEL_SOURCES,
  static: TRAVEL_SOURCES,
  billing: BILLING_SOURCES,
};

/** What can be selected of the actions on static objects; a save that changed nothing goes by `send_unchanged`. */
export const ACTIONS = ['create', 'update', 'delete'] as const;
export type Action = (typeof ACTIONS)[number];

/** Classes of personal data that the log hides (spec 6.12); `subscribers`: what the billing knows of people, see `subscriber_data`. */
export const MASK_CLASSES = ['names', 'birth_date', 'documents', 'contacts', 'mile_cards', 'subscribers'] as const;
export type MaskClass = (typeof MASK_CLASSES)[number];

export interface ClientCertificate {
  /** The chain, the own certificate first. PEM. */
  readonly certificate: string;
  /** PEM; `***` where it is shown. */
  readonly key: string;
}

/** The settings of one version. Times are seconds. */
export interface EndpointSettings {
  readonly name: string;
  readonly url: string;
  readonly https_only: boolean;
  readonly headers: string;
  readonly secret_headers: readonly string[];
  readonly method: 'POST' | 'GET';
  readonly body: string;
  readonly events: readonly string[];
  readonly actions: readonly Action[];
  readonly organizations: readonly number[];
  readonly sources: readonly Source[];
  readonly send_unchanged: boolean;
  readonly event_names: Readonly<Record<string, string>>;
  readonly success: readonly string[];
  readonly success_body: SuccessBody;
  readonly schedule: Schedule;
  readonly max_attempts: number;
  readonly connect_timeout: number;
  readonly timeout: number;
  readonly ordering: 'none' | 'start' | 'strict';
  readonly max_hold: number;
  readonly concurrency: number;
  readonly rate: number | null;
  readonly retry_after: 'ignore' | 'honour';
  readonly gone: 'retry' | 'disable';
  readonly breaker: 'observe' | 'hold';
  readonly auto_disable: 'notice' | 'disable';
  readonly values: 'at_event' | 'at_send';
  readonly empty_ids: '' | '0';
  readonly unknown: 'keep' | 'error';
  readonly callback_id: 'per_attempt' | 'per_delivery';
  readonly body_format: 'auto' | 'xml' | 'json' | 'form' | 'text';
  readonly language: 'ru' | 'en';
  readonly relation_removal: 'empty' | 'unrelate';
  readonly client_cert: ClientCertificate | null;
  readonly ca: string | null;
  readonly signing: boolean;
  readonly mask: readonly MaskClass[];
  readonly retention_days: { readonly bodies: number; readonly log: number };
  /** Family billing: numbers of groups of contracts; empty: all contracts. */
  readonly groups: readonly number[];
  /** Family billing: whether variables with personal data have values. */
  readonly subscriber_data: boolean;
}

const text = (description: string) => z.string().meta({ description });
const list = (description: string) => z.array(z.string()).max(1_000).meta({ description });

/**
 * The settings as a face takes them: their types only. What is allowed in them, endpoint-rules.ts says, which answers the codes of spec 7.2.
 * A field left out keeps its present value, or has the profile's.
 */
export const settingsInput = z
  .strictObject({
    name: text('Name that is shown, up to 200 characters'),
    url: text('Address of the receiver, http or https; variables in path segments and values of the query'),
    https_only: z.boolean().meta({ description: 'Refuse an address that is not https' }),
    headers: text(
      'Headers, one a line: `Name: value`. Values of Authorization, Cookie, Cookie2 and X-Api-Key are shown as ***; *** keeps them',
    ),
    secret_headers: list('Names of further headers whose values are secret'),
    method: text('POST or GET'),
    body: text('Template of the body, up to 256 KiB'),
    events: list('Types of events (families order and billing) or kinds of objects (family static)'),
    actions: z.array(z.enum(ACTIONS)).max(10).meta({ description: 'Family static: which actions on the objects' }),
    organizations: z
      .array(z.int().min(1).max(Number.MAX_SAFE_INTEGER))
      .max(1_000)
      .meta({ description: 'Families order and static: only changes of these organizations; empty: all that the owner may see' }),
    sources: z
      .array(z.enum(SOURCES))
      .max(10)
      .meta({
        description: `Only changes that came this way: ${TRAVEL_SOURCES.join(', ')}; in the family billing by protocol: ${BILLING_SOURCES.join(', ')}`,
      }),
    send_unchanged: z.boolean().meta({ description: 'Family static: also send saves in the console that changed nothing' }),
    event_names: z
      .record(z.string().max(100), z.string())
      .meta({ description: 'Families order and billing: texts for @EventType instead of the names', example: { ReserveIssued: '2' } }),
    success: z
      .union([z.array(z.union([z.string(), z.number()])).max(100), z.string().max(200)])
      .meta({ description: 'Statuses and classes that end a delivery', example: ['200', '2xx'] }),
    success_body: z
      .strictObject({ contains: z.string().nullable().default(null), lacks: z.string().nullable().default(null) })
      .meta({ description: 'Texts that the first 64 KiB of the answer must hold, or must not' }),
    schedule: z
      .strictObject({
        kind: z.string().max(20).optional(),
        seconds: z.union([z.number(), z.array(z.number()).max(200)]).optional(),
        factor: z.number().optional(),
        most: z.number().optional(),
        jitter: z.number().optional(),
      })
      .meta({
        description:
          'fixed {seconds}, list {seconds: [...]}, exponential {seconds, factor, most}; jitter is a percentage of each delay, up or down',
        example: { kind: 'fixed', seconds: 300, jitter: 0 },
      }),
    max_attempts: z.int().min(1).max(50).meta({ description: 'Attempts at most, the first included' }),
    connect_timeout: z.number().min(1).max(10).meta({ description: 'Seconds for lookup, connection and TLS' }),
    timeout: z.number().min(2).max(120).meta({ description: 'Seconds for all of it, the answer included' }),
    ordering: z
      .enum(['none', 'start', 'strict'])
      .meta({ description: 'Order among the deliveries of one trip, person, dictionary or contract' }),
    max_hold: z
      .int()
      .min(1)
      .max(2_592_000)
      .meta({ description: 'Seconds that a failing delivery holds the next ones of its object; strict only' }),
    concurrency: z.int().min(1).max(256).meta({ description: 'Attempts at once, over all hubs' }),
    rate: z.number().min(0.01).max(1_000).nullable().meta({ description: 'Attempts a second, over all hubs; null: no limit' }),
    retry_after: z.enum(['ignore', 'honour']).meta({ description: 'Whether Retry-After of 429 and 503 delays the next attempt' }),
    gone: z.enum(['retry', 'disable']).meta({ description: 'What status 410 does' }),
    breaker: z.enum(['observe', 'hold']).meta({ description: 'What is done while the receiver seems dead: show it, or wait' }),
    auto_disable: z.enum(['notice', 'disable']).meta({ description: 'What is done after five days of failures alone' }),
    values: z.enum(['at_event', 'at_send']).meta({ description: 'States as they were at the event, or as they are at each attempt' }),
    empty_ids: z.enum(['', '0']).meta({ description: 'What @id_Reserve is in an event without an order' }),
    unknown: z.enum(['keep', 'error']).meta({ description: 'Unknown bare names: kept as written, or refused' }),
    callback_id: z.enum(['per_attempt', 'per_delivery']).meta({ description: 'When @CallbackId gets a new value' }),
    body_format: z.enum(['auto', 'xml', 'json', 'form', 'text']).meta({ description: 'auto: by Content-Type' }),
    language: z.enum(['ru', 'en']).meta({ description: 'Language of @EventDescription' }),
    relation_removal: z.enum(['empty', 'unrelate']).meta({ description: '@After of a removed relation: empty, or with Type Unrelate' }),
    client_cert: z
      .strictObject({ certificate: z.string().max(200_000), key: z.string().max(50_000) })
      .nullable()
      .meta({ description: 'Client certificate: PEM chain and PEM key; the key is shown as ***, and *** keeps it' }),
    ca: z.string().max(200_000).nullable().meta({ description: "Private authorities for the receiver's certificate, PEM" }),
    signing: z.boolean().meta({ description: 'Sign by Standard Webhooks' }),
    mask: z.array(z.enum(MASK_CLASSES)).max(10).meta({ description: 'Classes of personal data that the log hides' }),
    retention_days: z
      .strictObject({ bodies: z.int().min(1).max(90), log: z.int().min(1).max(400) })
      .meta({ description: 'Days that bodies and log rows are kept' }),
    groups: z
      .array(z.int().min(0).max(62))
      .max(63)
      .meta({ description: 'Family billing: only contracts with one of these groups; empty: all contracts' }),
    subscriber_data: z.boolean().meta({
      description:
        'Family billing: send values of parameters, comments and descriptions, which are personal data; otherwise those variables are empty. Needs callbacks.payload',
    }),
  })
  .partial();
export type SettingsInput = z.output<typeof settingsInput>;

/** What only a new endpoint is given; it stays for ever. */
export const newEndpointInput = settingsInput.extend({
  family: z
    .enum(FAMILIES)
    .meta({ description: 'order: orders and trips; static: other data of travel; billing: contracts and their money' }),
  organization_id: z
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .nullable()
    .default(null)
    .meta({ description: 'Owner, an agency or a client; null: the hub itself, which sees all. Always null in the family billing' }),
  profile: z
    .enum(PROFILE_NAMES)
    .default('classic')
    .meta({ description: 'Defaults of what is left out: as the original, or as advised today' }),
});
export type NewEndpointInput = z.output<typeof newEndpointInput>;

import * as z from 'zod';
import { DOCUMENT_TYPES, type DocumentType, KINDS, type Kind } from './control/codes.ts';
import { type FaultCode, pointer } from './control/faults.ts';
import { code } from './control/scalars.ts';

/**
 * Which clients get a document (spec 4). A subscription is a list of conditions that all must hold; the values of one condition are
 * alternatives; an absent condition holds always.
 */
const MOST_VALUES = 1000;

function values<Item extends z.ZodType<string>>(item: Item) {
  const form = `a list of 1 to ${MOST_VALUES} values; leave the condition out when any value will do`;
  return z
    .array(item, { error: form })
    .min(1, { error: form })
    .max(MOST_VALUES, { error: form })
    .overwrite((given) => [...new Set(given)])
    .optional();
}

/** Subscriptions are kept as they are compared: trimmed and in capitals, each value once, never translated between Latin and Cyrillic. */
const codes = values(z.preprocess((value) => (typeof value === 'string' ? normaliseCode(value) : value), code));

const subscriptionSchema = z
  .strictObject({
    agency: codes,
    validator: codes,
    terminal: codes,
    carrier: codes,
    carrierScope: z.enum(['document', 'any'], { error: 'one of document, any' }).optional(),
    type: values(z.enum(DOCUMENT_TYPES, { error: `one of ${DOCUMENT_TYPES.join(', ')}` })),
    kind: values(z.enum(KINDS, { error: `one of ${KINDS.join(', ')}` })),
    everything: z.literal(true, { error: 'true, or absent' }).optional(),
  })
  .check(({ value, issues }) => {
    const complain = (field: keyof typeof value, message: string) => {
      issues.push({ code: 'custom', input: value, path: [field], message, params: { fault: 'BAD_FORMAT' } });
    };
    const conditions = CONDITIONS.filter((condition) => value[condition] !== undefined);
    if (value.everything === true && conditions.length > 0) {
      complain('everything', `stands alone; this subscription also has ${conditions.join(', ')}`);
    } else if (value.everything !== true && conditions.length === 0) {
      complain('everything', 'is required: a subscription without any condition must say "everything": true');
    }
    if (value.carrierScope !== undefined && value.carrier === undefined) {
      complain('carrierScope', 'has a meaning only beside "carrier"');
    }
  });

const CONDITIONS = ['agency', 'validator', 'terminal', 'carrier', 'type', 'kind'] as const;

export type Subscription = z.infer<typeof subscriptionSchema>;
export type SubscriptionFault = {
  code: Extract<FaultCode, 'BAD_TYPE' | 'BAD_FORMAT' | 'UNKNOWN_FIELD'>;
  path: string;
  message: string;
};

/** `active` and `held` clients get messages queued; a `closed` one gets nothing new. */
export type ClientState = 'active' | 'held' | 'closed';
export type RoutedClient<Id> = { id: Id; state: ClientState; subscriptions: readonly Subscription[] };

/** What an operation is compared by: its kind, and agency, validator and terminal of `deal`. */
export type OperationFacts = { kind: Kind; agency: string; validator?: string | undefined; terminal?: string | undefined };
/** What a document is compared by. BuiltDocument of xml/writer.ts has these fields. */
export type DocumentFacts = { type: DocumentType; carrier?: string | undefined; segmentCarriers: readonly string[] };

/** The form in which codes are compared. */
function normaliseCode(value: string): string {
  return value.trim().toUpperCase();
}

/** Checks a subscription as an operator wrote it and gives it in the form in which it is kept: codes trimmed and in capitals. */
export function validateSubscription(
  value: unknown,
): { ok: true; subscription: Subscription } | { ok: false; faults: SubscriptionFault[] } {
  const parsed = subscriptionSchema.safeParse(value);
  if (parsed.success) {
    return { ok: true, subscription: parsed.data };
  }
  const faults: SubscriptionFault[] = [];
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        faults.push({
          code: 'UNKNOWN_FIELD',
          path: pointer([key]),
          message: `must be one of ${CONDITIONS.join(', ')}, carrierScope, everything`,
        });
      }
    } else {
      const code = issue.code === 'invalid_type' ? 'BAD_TYPE' : 'BAD_FORMAT';
      // A rule between fields speaks in a sentence of its own; the form of a value does not.
      const isRule = issue.code === 'custom' && issue.path.length === 1;
      faults.push({ code, path: pointer(issue.path), message: isRule ? issue.message : `must be ${issue.message}` });
    }
  }
  return { ok: false, faults };
}

type Rule<Id> = {
  client: Id;
  agency: ReadonlySet<string> | undefined;
  validator: ReadonlySet<string> | undefined;
  terminal: ReadonlySet<string> | undefined;
  carrier: ReadonlySet<string> | undefined;
  anyCarrier: boolean;
  type: ReadonlySet<string> | undefined;
  kind: ReadonlySet<string> | undefined;
};

/**
 * Never changes; a new one is built when clients or subscriptions change. Each subscription lies under the values of its narrowest
 * condition (terminal, validator, agency, carrier) and is looked at only by documents that have such a value; those with none of the
 * four lie in `rest`.
 */
export type RoutingIndex<Id> = {
  readonly terminal: ReadonlyMap<string, readonly Rule<Id>[]>;
  readonly validator: ReadonlyMap<string, readonly Rule<Id>[]>;
  readonly agency: ReadonlyMap<string, readonly Rule<Id>[]>;
  readonly carrier: ReadonlyMap<string, readonly Rule<Id>[]>;
  readonly rest: readonly Rule<Id>[];
};

const ANCHORS = ['terminal', 'validator', 'agency', 'carrier'] as const;

/** Builds the index of all clients that may be sent something: the active and the held ones. */
export function buildRoutingIndex<Id>(clients: Iterable<RoutedClient<Id>>): RoutingIndex<Id> {
  const maps = Object.fromEntries(ANCHORS.map((anchor) => [anchor, new Map<string, Rule<Id>[]>()])) as {
    [anchor in (typeof ANCHORS)[number]]: Map<string, Rule<Id>[]>;
  };
  const rest: Rule<Id>[] = [];
  for (const client of clients) {
    if (client.state === 'closed') {
      continue;
    }
    for (const subscription of client.subscriptions) {
      const rule = ruleOf(client.id, subscription);
      const anchor = ANCHORS.find((candidate) => rule[candidate] !== undefined);
      if (anchor === undefined) {
        rest.push(rule);
        continue;
      }
      for (const value of rule[anchor] ?? []) {
        const rules = maps[anchor].get(value);
        if (rules === undefined) {
          maps[anchor].set(value, [rule]);
        } else {
          rules.push(rule);
        }
      }
    }
  }
  return { ...maps, rest };
}

function ruleOf<Id>(client: Id, subscription: Subscription): Rule<Id> {
  const set = (list: readonly string[] | undefined) => (list === undefined ? undefined : new Set(list.map(normaliseCode)));
  return {
    client,
    agency: set(subscription.agency),
    validator: set(subscription.validator),
    terminal: set(subscription.terminal),
    carrier: set(subscription.carrier),
    anyCarrier: subscription.carrierScope === 'any',
    type: set(subscription.type),
    // Kinds are our own words in small letters, compared as they are.
    kind: subscription.kind === undefined ? undefined : new Set(subscription.kind),
  };
}

/** The clients of one document, each once, in no particular order. */
export function route<Id>(index: RoutingIndex<Id>, operation: OperationFacts, document: DocumentFacts): Id[] {
  const facts: Facts = {
    kind: operation.kind,
    type: document.type,
    agency: normaliseCode(operation.agency),
    validator: operation.validator === undefined ? undefined : normaliseCode(operation.validator),
    terminal: operation.terminal === undefined ? undefined : normaliseCode(operation.terminal),
    carrier: document.carrier === undefined ? undefined : normaliseCode(document.carrier),
    segmentCarriers: document.segmentCarriers.map(normaliseCode),
  };
  const clients = new Set<Id>();
  collect(index.rest, facts, clients);
  collect(find(index.agency, facts.agency), facts, clients);
  collect(find(index.validator, facts.validator), facts, clients);
  collect(find(index.terminal, facts.terminal), facts, clients);
  collect(find(index.carrier, facts.carrier), facts, clients);
  for (const carrier of facts.segmentCarriers) {
    if (carrier !== facts.carrier) {
      collect(find(index.carrier, carrier), facts, clients);
    }
  }
  return [...clients];
}

type Facts = {
  kind: string;
  type: string;
  agency: string;
  validator: string | undefined;
  terminal: string | undefined;
  carrier: string | undefined;
  segmentCarriers: string[];
};

function find<Id>(map: ReadonlyMap<string, readonly Rule<Id>[]>, value: string | undefined): readonly Rule<Id>[] {
  return (value === undefined ? undefined : map.get(value)) ?? [];
}

function collect<Id>(rules: readonly Rule<Id>[], facts: Facts, clients: Set<Id>): void {
  for (const rule of rules) {
    if (
      allows(rule.terminal, facts.terminal) &&
      allows(rule.validator, facts.validator) &&
      allows(rule.agency, facts.agency) &&
      allows(rule.type, facts.type) &&
      allows(rule.kind, facts.kind) &&
      allowsCarrier(rule, facts)
    ) {
      clients.add(rule.client);
    }
  }
}

function allows(set: ReadonlySet<string> | undefined, value: string | undefined): boolean {
  return set === undefined || (value !== undefined && set.has(value));
}

function allowsCarrier<Id>(rule: Rule<Id>, facts: Facts): boolean {
  if (allows(rule.carrier, facts.carrier)) {
    return true;
  }
  return rule.anyCarrier && facts.segmentCarriers.some((carrier) => rule.carrier?.has(carrier) === true);
}

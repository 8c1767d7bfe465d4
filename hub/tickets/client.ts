import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import type { ClientState } from './routing.ts';

/**
 * A client: the party's account in the hub (spec 4).
 *
 * States and transitions:
 *   (new) -add-> active
 *   active -hold-> held        messages gather, pulls answer `held`
 *   held -release-> active     what has gathered is delivered
 *   active, held -close-> closed   nothing new is queued, pulls are refused, the old queue runs to its end
 *   closed -open-> active
 * A client is never deleted: its name stands in history, audit and certificates.
 */
export type ClientAct = 'hold' | 'release' | 'close' | 'open';

export const CLIENT_STATES = ['active', 'held', 'closed'] as const satisfies readonly ClientState[];

interface Transition {
  readonly from: readonly ClientState[];
  readonly to: ClientState;
  /** Last part of the event's type: `vestnik.tickets.client.<event>`. */
  readonly event: 'held' | 'released' | 'closed' | 'opened';
  /** Tells what may be done instead when the state does not allow the act. */
  readonly otherwise: string;
}

export const TRANSITIONS: Readonly<Record<ClientAct, Transition>> = {
  hold: { from: ['active'], to: 'held', event: 'held', otherwise: 'only an active client can be held' },
  release: { from: ['held'], to: 'active', event: 'released', otherwise: 'only a held client can be released' },
  close: { from: ['active', 'held'], to: 'closed', event: 'closed', otherwise: 'it is closed already' },
  open: { from: ['closed'], to: 'active', event: 'opened', otherwise: 'only a closed client can be opened' },
};

/** The state after an act. @throws HubError CONFLICT when the present state does not allow it. */
export function stateAfter(name: string, state: ClientState, act: ClientAct): ClientState {
  const { from, to, otherwise } = TRANSITIONS[act];
  if (!from.includes(state)) throw new HubError('CONFLICT', `the client ${name} is ${state}; ${otherwise}`);
  return to;
}

export const clientName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{1,31}$/, 'must be 2 to 32 small Latin letters, digits, _ and -, beginning with a letter or a digit')
  .meta({ description: 'Name of the client; also the CN of its certificates and the name of its PEM file', example: 'agency-17' });

/** One line of text that a person typed: trimmed, without control characters. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .regex(/^\P{Cc}*$/u, 'must not contain line breaks or other control characters');

/** Why an operator did something; kept in the audit. */
export const reason = line(500).meta({ description: 'Why; kept in the audit' });

const warnAgeDays = z
  .array(z.int().min(1, 'must be days from 1 to 30').max(30, 'must be days from 1 to 30'))
  .max(10, 'must be at most 10 thresholds')
  .nullable();

const fields = {
  title: line(200).meta({ description: 'Full name of the party', example: 'Агентство «Ветер»' }),
  contacts: z
    .array(z.email('must be an e-mail address').max(254))
    .max(20, 'must be at most 20 addresses')
    .meta({ description: 'E-mail addresses' }),
  selfReplay: z.boolean().meta({ description: 'The client may ask for a replay itself' }),
  warnAgeDays: warnAgeDays.meta({ description: 'Ages of the oldest message, in days, that raise a warning; null: the configured ones' }),
  warnQueued: z
    .int()
    .min(1)
    .max(100_000_000)
    .nullable()
    .meta({ description: 'Length of the mailbox that raises a warning; null: the configured one' }),
};

/** What a new client is made of, besides its subscriptions. */
export const newClientSchema = z.strictObject({
  name: clientName,
  title: fields.title,
  contacts: fields.contacts.default([]),
  selfReplay: fields.selfReplay.default(false),
  warnAgeDays: fields.warnAgeDays.default(null),
  warnQueued: fields.warnQueued.default(null),
});
export type NewClient = z.output<typeof newClientSchema>;

/** Fields that can be changed; absent ones stay. */
export const clientChangeSchema = z.strictObject(fields).partial();
export type ClientChange = z.output<typeof clientChangeSchema>;

/** Thresholds are kept without repeats, in rising order. */
export const inOrder = <T extends { warnAgeDays?: number[] | null | undefined }>(fields: T): T =>
  fields.warnAgeDays ? { ...fields, warnAgeDays: [...new Set(fields.warnAgeDays)].sort((a, b) => a - b) } : fields;

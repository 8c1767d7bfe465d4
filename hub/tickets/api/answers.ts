import * as z from 'zod';
import { CLIENT_STATES } from '../client.ts';

/** What the routes answer, for the OpenAPI page. Times are RFC 3339 in UTC. */
const time = z.iso.datetime();
const strings = z.array(z.string());
const fault = z.object({ code: z.string(), path: z.string(), message: z.string() });

export const subscriptionAnswer = z.object({
  subscriptionId: z.int(),
  createdAt: time,
  agency: strings.optional(),
  validator: strings.optional(),
  terminal: strings.optional(),
  carrier: strings.optional(),
  carrierScope: z.enum(['document', 'any']).optional(),
  type: strings.optional(),
  kind: strings.optional(),
  everything: z.literal(true).optional(),
});

export const certificateAnswer = z.object({
  fingerprint: z.string(),
  serial: z.string(),
  notBefore: time,
  notAfter: time,
  issuedAt: time,
  issuedBy: z.string(),
  revokedAt: time.nullable(),
  revokedBy: z.string().nullable(),
  reason: z.string().nullable(),
  state: z.enum(['valid', 'expiring', 'expired', 'revoked']),
  daysLeft: z.int(),
});

export const clientSummaryAnswer = z.object({
  name: z.string(),
  title: z.string(),
  state: z.enum(CLIENT_STATES),
  stateReason: z.string().nullable(),
  version: z.int(),
  connected: z.boolean(),
  connectedSince: time.nullable(),
  address: z.string().nullable(),
  program: z.string().nullable(),
  report: z.record(z.string(), z.unknown()).nullable(),
  reportedAt: time.nullable(),
  deliveredAt: time.nullable(),
  queued: z.int(),
  queuedExact: z.boolean(),
  oldest: time.nullable(),
  expiredUnseen: z.int(),
  certificateUntil: time.nullable(),
  certificateDaysLeft: z.int().nullable(),
});

export const clientAnswer = clientSummaryAnswer.extend({
  contacts: strings,
  selfReplay: z.boolean(),
  warnAgeDays: z.array(z.int()).nullable(),
  warnQueued: z.int().nullable(),
  createdAt: time,
  changedAt: time,
  subscriptions: z.array(subscriptionAnswer),
  certificates: z.array(certificateAnswer),
});

const queuedDocument = {
  sequence: z.int(),
  messageId: z.uuid(),
  documentId: z.uuid(),
  replay: z.boolean(),
  enqueuedAt: time,
  type: z.string().nullable(),
  opType: z.string().nullable(),
  transType: z.string().nullable(),
  number: z.string().nullable(),
};
export const mailboxEntryAnswer = z.object({ ...queuedDocument, bytes: z.int(), expiresAt: time });
export const historyEntryAnswer = z.object({
  ...queuedDocument,
  outcome: z.enum(['delivered', 'expired', 'withdrawn', 'imported']),
  finishedAt: time,
});
export const withdrawnAnswer = z.object({ sequence: z.int(), messageId: z.uuid(), documentId: z.uuid() });

export const replayAnswer = z.object({
  matched: z.int(),
  replayed: z.int(),
  withoutBody: z.int(),
  queued: z.int(),
  first: z.int().optional(),
  last: z.int().optional(),
});

export const documentAnswer = z.object({
  documentId: z.uuid(),
  operationId: z.uuid().nullable(),
  role: z.string(),
  type: z.string(),
  opType: z.string(),
  transType: z.string(),
  number: z.string(),
  exNumber: z.string().nullable(),
  toNumber: z.string().nullable(),
  pnr: z.string().nullable(),
  carrier: z.string().nullable(),
  bytes: z.int(),
  sha256: z.string(),
  createdAt: time,
  kept: z.boolean(),
  clients: strings,
});

export const operationAnswer = z.object({
  operationId: z.uuid(),
  source: z.string(),
  id: z.string(),
  kind: z.string(),
  occurredAt: time,
  receivedAt: time,
  receivedBy: z.string(),
  warnings: z.array(fault),
  unrouted: z.int(),
  documents: z.array(documentAnswer.pick({ documentId: true, type: true, opType: true, transType: true, number: true, clients: true })),
});

export const documentDetailsAnswer = documentAnswer.extend({
  operation: operationAnswer.nullable(),
  chain: z.array(documentAnswer),
  chainCut: z.boolean(),
  deliveries: z.array(
    z.object({
      client: z.string(),
      sequence: z.int(),
      replay: z.boolean(),
      messageId: z.uuid().nullable(),
      status: z.enum(['queued', 'delivered', 'expired', 'withdrawn', 'imported', 'unknown']),
      enqueuedAt: time.nullable(),
      expiresAt: time.nullable(),
      finishedAt: time.nullable(),
    }),
  ),
});

export const rejectionAnswer = z.object({
  rejectionId: z.int(),
  receivedAt: time,
  receivedBy: z.string(),
  source: z.string().nullable(),
  id: z.string().nullable(),
  code: z.string(),
  faults: z.array(fault),
});

export const limitsAnswer = z.object({
  certificates: z.array(z.object({ client: z.string(), serial: z.string(), notAfter: time, daysLeft: z.int(), renewed: z.boolean() })),
  mailboxes: z.array(z.object({ client: z.string(), oldest: time, atMost: z.int(), overAge: z.int(), overLength: z.boolean() })),
});

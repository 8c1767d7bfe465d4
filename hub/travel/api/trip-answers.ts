import * as z from 'zod';
import { RESERVE_TYPES } from '../codebooks.ts';
import { FILE_KINDS } from '../order-file.ts';
import { PRICE_KINDS } from '../price.ts';
import { ORDER_ACTIONS, ORDER_STATES, PHASES, TRIP_STATES } from '../transitions.ts';

/** What the routes of trips and orders answer, for the OpenAPI page. Times are RFC 3339 in UTC, money is exact decimal text. */
const id = z.int();
const time = z.iso.datetime();
const text = z.string().nullable();

const codeAnswer = z.object({
  id_MetaDictionary: id,
  Dictionary: z.string(),
  id_MetaCode: id.nullable().meta({ description: 'null: free text' }),
  CodeValue: z.string(),
  Name: z.string(),
});

export const fileAnswer = z.object({
  id_File: id,
  kind: z.enum(FILE_KINDS),
  name: z.string(),
  size: z.int().meta({ description: 'Bytes' }),
  sha256: z.string(),
  created_at: time,
});

export const orderAnswer = z.object({
  id_Reserve: id,
  id_ComplexReserve: id,
  ReserveType: z.enum(Object.keys(RESERVE_TYPES) as [string, ...string[]]),
  automated: z.boolean(),
  ReserveState: z.enum(ORDER_STATES),
  phase: z.enum(PHASES),
  supplier: text,
  locator: text,
  persons: z.array(id),
  service: z.record(z.string(), z.unknown()),
  prices: z.array(z.object({ kind: z.enum(PRICE_KINDS), amount: z.string(), currency: z.string() })),
  total: text,
  currency: text,
  time_limit: time.nullable(),
  supplier_call_until: time.nullable().meta({ description: 'A call to the supplier runs until then at most' }),
  documents: z.array(z.object({ kind: z.enum(['ticket', 'voucher']), number: z.string() })),
  codes: z.array(codeAnswer),
  files: z.array(fileAnswer),
  actions: z.array(z.enum(ORDER_ACTIONS)).meta({ description: 'What the present states allow' }),
  version: z.int(),
  created_at: time,
  changed_at: time,
});

export const tripSummaryAnswer = z.object({
  id_ComplexReserve: id,
  OuterId: text,
  id_Organization: id,
  OrganizationName: z.string(),
  Name: z.string(),
  ComplexState: z.enum(TRIP_STATES),
  persons: z.array(id),
  codes: z.array(codeAnswer),
  submitted_by: text,
  time_limit: time.nullable().meta({ description: 'The earliest of its live orders' }),
  totals: z.array(z.object({ currency: z.string(), total: z.string() })).meta({ description: 'Of its live orders' }),
  version: z.int().meta({ description: 'Also raised by a change of its orders' }),
  created_at: time,
  changed_at: time,
});

export const tripAnswer = tripSummaryAnswer.extend({
  actions: z.array(z.string()).meta({ description: 'What the present state allows' }),
  orders: z.array(orderAnswer),
});

export const historyAnswer = z.object({
  at: time,
  id_Reserve: id.nullable().meta({ description: 'null: the trip itself' }),
  login: z.string(),
  source: z.enum(['console', 'api', 'import', 'system']),
  action: z.string(),
  from: text,
  to: z.string(),
  reason: text,
});

export const changesAnswer = z.object({
  items: z.array(
    z.object({
      seq: id,
      at: time,
      EventType: z.string().meta({ description: 'The facet of highest precedence' }),
      facets: z.array(z.string()),
      id_Reserve: id.nullable(),
      id_ComplexReserve: id,
      OuterId: text,
      ReserveState: z.enum(ORDER_STATES).nullable(),
      PreviousReserveState: z.enum(ORDER_STATES).nullable(),
      ComplexState: z.enum(TRIP_STATES),
      PreviousComplexState: z.enum(TRIP_STATES).nullable(),
      description: z.string().meta({ description: 'By Accept-Language' }),
    }),
  ),
  next: z.string().meta({ description: 'Cursor: `after` of the next call, also when nothing has come' }),
  more: z.boolean().meta({ description: 'There is more at once' }),
});

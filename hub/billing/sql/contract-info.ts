import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';
import { CONTRACT_COLUMNS, type ContractRow } from './contracts.ts';
import { type FiguresRow, figuresColumns, lastMonth } from './figures.ts';
import { PAYER } from './payers.ts';

type Titled = { id: number; title: string };

/** What a summary says beside the record and the figures. */
export type InfoRow = {
  notes: number;
  statusTitle: string;
  openObjects: number;
  objects: number;
  groupItems: Titled[];
  tariffs: Titled[];
  modules: (Titled & { name: string })[];
};

/** Rows as JSON, the empty list where there are none. */
const list = (fields: string, order: string, from: string): string =>
  `(SELECT COALESCE(json_agg(json_build_object(${fields}) ORDER BY ${order}), '[]') FROM ${from})`;

/**
 * The contracts `$1` within the fence `$3` to `$5` as a card shows them on the day `$2`: the record, what belongs to it, and the figures of whoever pays.
 */
export const contractCards = statement<ContractRow & InfoRow & FiguresRow>(
  'billing.contractCards',
  `SELECT ${CONTRACT_COLUMNS}, ${figuresColumns('$2::date')},
     (SELECT count(*) FROM contract_note WHERE contract_id = c.contract_id) AS notes,
     COALESCE((SELECT b.title FROM billing_status b WHERE b.status = c.status), '') AS "statusTitle",
     (SELECT count(*) FROM service_object WHERE contract_id = c.contract_id AND date_from <= $2 AND (date_to IS NULL OR date_to >= $2)) AS "openObjects",
     (SELECT count(*) FROM service_object WHERE contract_id = c.contract_id) AS objects,
     CASE WHEN c.groups = 0 THEN '[]' ELSE ${list("'id', g.group_id, 'title', g.title", 'g.title, g.group_id', 'billing_group g WHERE (1::bigint << g.group_id::int) & c.groups <> 0')} END AS "groupItems",
     ${list(
       "'id', t.plan_id, 'title', p.title",
       't.date_from, t.position, t.contract_tariff_id',
       `contract_tariff t JOIN tariff_plan p USING (plan_id)
        WHERE t.contract_id = c.contract_id AND t.date_from <= $2::date AND (t.date_to IS NULL OR t.date_to >= $2)`,
     )} AS tariffs,
     ${list(
       "'id', m.module_id, 'title', m.title, 'name', m.name",
       'm.title, m.module_id',
       'contract_module h JOIN billing_module m USING (module_id) WHERE h.contract_id = c.contract_id',
     )} AS modules
   FROM contract c JOIN contract p ON p.contract_id = ${PAYER} LEFT JOIN ${lastMonth('$2::date')} ON true
   WHERE c.contract_id = ANY ($1::int[]) AND ${fenceCondition(3)}`,
);

/** By its exact title, within the fence `$2` to `$4`. */
export const contractByTitle = statement<ContractRow>(
  'billing.contractByTitle',
  `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.title = $1 AND ${fenceCondition(2)}`,
);

/** Members of the head `$1` within the fence `$2` to `$4`; `$5` mode, -1: both. */
export const membersOf = statement<ContractRow>(
  'billing.membersOf',
  `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.super_id = $1 AND c.super_id > 0 AND ${fenceCondition(2)} AND ($5::int < 0 OR c.sub_mode = $5)
   ORDER BY c.contract_id`,
);

export const hasModule = statement<{ has: boolean }>(
  'billing.hasModule',
  'SELECT EXISTS (SELECT FROM contract_module WHERE contract_id = $1 AND module_id = $2) AS has',
);

import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';
import { CONTRACT_COLUMNS, type ContractRow } from './contracts.ts';

type Titled = { id: number; title: string };

export type InfoRow = {
  notes: number;
  statusTitle: string;
  openObjects: number;
  objects: number;
  groups: Titled[];
  tariffs: Titled[];
  modules: (Titled & { name: string })[];
};

const list = (fields: string, order: string, from: string): string =>
  `(SELECT COALESCE(json_agg(json_build_object(${fields}) ORDER BY ${order}), '[]') FROM ${from})`;

/** What a summary says beside the record: `$1` the contract, `$2` its status, `$3` its groups, `$4` the day. */
export const contractInfo = statement<InfoRow>(
  'billing.contractInfo',
  `SELECT (SELECT count(*) FROM contract_note WHERE contract_id = $1) AS notes,
     COALESCE((SELECT title FROM billing_status WHERE status = $2), '') AS "statusTitle",
     (SELECT count(*) FROM service_object WHERE contract_id = $1 AND date_from <= $4 AND (date_to IS NULL OR date_to >= $4)) AS "openObjects",
     (SELECT count(*) FROM service_object WHERE contract_id = $1) AS objects,
     ${list("'id', g.group_id, 'title', g.title", 'g.title, g.group_id', 'billing_group g WHERE (1::bigint << g.group_id::int) & $3::bigint <> 0')} AS groups,
     ${list(
       "'id', t.plan_id, 'title', p.title",
       't.date_from, t.position, t.contract_tariff_id',
       `contract_tariff t JOIN tariff_plan p USING (plan_id)
        WHERE t.contract_id = $1 AND t.date_from <= $4::date AND (t.date_to IS NULL OR t.date_to >= $4)`,
     )} AS tariffs,
     ${list(
       "'id', m.module_id, 'title', m.title, 'name', m.name",
       'm.title, m.module_id',
       'contract_module c JOIN billing_module m USING (module_id) WHERE c.contract_id = $1',
     )} AS modules`,
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

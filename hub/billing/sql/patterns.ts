import { statement } from '../../core/database/statement.ts';

export type PatternRow = {
  id: number;
  title: string;
  numberMask: string;
  counter: string;
  parameterGroupId: number;
  groups: string;
  modules: number[];
  tariffs: number[];
  mode: 0 | 1;
  balanceLimit: string;
  status: number;
  personType: number;
  domainId: number;
};

const COLUMNS = `pattern_id AS id, title, number_mask AS "numberMask", counter::text, parameter_group_id AS "parameterGroupId", groups::text, modules, tariffs,
  mode, balance_limit AS "balanceLimit", status, person_type AS "personType", domain_id AS "domainId"`;

export const patterns = statement<{ id: number; title: string }>(
  'billing.patterns',
  'SELECT pattern_id AS id, title FROM contract_pattern ORDER BY title, pattern_id',
);

export const patternById = statement<PatternRow>('billing.patternById', `SELECT ${COLUMNS} FROM contract_pattern WHERE pattern_id = $1`);

/** The same; it cannot be changed before the commit, and so what it refers to cannot be deleted. */
export const sharePattern = statement<PatternRow>(
  'billing.sharePattern',
  `SELECT ${COLUMNS} FROM contract_pattern WHERE pattern_id = $1 FOR SHARE`,
);

/** Counts on; the row is locked until the end of the transaction, so that nobody else gets the number. */
export const countPattern = statement<PatternRow>(
  'billing.countPattern',
  `UPDATE contract_pattern SET counter = counter + 1 WHERE pattern_id = $1 RETURNING ${COLUMNS}`,
);

/** What a pattern gives a new contract `$1`: the modules `$2`. Those that are gone are left out. */
export const attachModules = statement<{ id: number }>(
  'billing.attachModules',
  `INSERT INTO contract_module (contract_id, module_id)
   SELECT $1, module_id FROM billing_module WHERE module_id = ANY ($2::int[]) ON CONFLICT DO NOTHING RETURNING module_id AS id`,
);
/** The same: the tariffs `$2` from the day `$3` on, in their order. */
export const attachTariffs = statement<{ id: number }>(
  'billing.attachTariffs',
  `INSERT INTO contract_tariff (contract_id, plan_id, date_from, position)
   SELECT $1, p.plan_id, $3, wanted.place::int - 1 FROM unnest($2::int[]) WITH ORDINALITY AS wanted (plan_id, place) JOIN tariff_plan p USING (plan_id)
   RETURNING plan_id AS id`,
);

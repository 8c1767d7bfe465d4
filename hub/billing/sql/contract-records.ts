import { statement } from '../../core/database/statement.ts';

/** The next number of a contract. */
export const insertContract = statement<{ id: number }>(
  'billing.insertContract',
  `INSERT INTO contract (title, comment, groups, date_from, mode, parameter_group_id, person_type, super_id, sub_mode, status, status_from, pattern_id,
     balance_limit, domain_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $4, $11, $12, $13) ON CONFLICT (title) DO NOTHING RETURNING contract_id AS id`,
);

/** A plain contract becomes a head. */
export const becomeHead = statement(
  'billing.becomeHead',
  'UPDATE contract SET super_id = -1, version = version + 1 WHERE contract_id = $1 AND super_id = 0',
);

/** Asked when the head is locked: the row of the lock may tell of members as they were before it was waited for. */
export const memberIds = statement<{ id: number }>(
  'billing.memberIds',
  'SELECT contract_id AS id FROM contract WHERE super_id = $1 AND super_id > 0 ORDER BY contract_id LIMIT 20',
);

/** A head without members becomes plain again. */
export const becomePlain = statement(
  'billing.becomePlain',
  `UPDATE contract SET super_id = 0, version = version + 1 WHERE contract_id = $1 AND super_id = -1
     AND NOT EXISTS (SELECT FROM contract m WHERE m.super_id = $1 AND m.super_id > 0)`,
);

/** `$2` the head, 0: none; `$3` 0 dependent, 1 independent. */
export const setFamily = statement(
  'billing.setFamily',
  'UPDATE contract SET super_id = $2, sub_mode = $3, version = version + 1, changed_at = now() WHERE contract_id = $1',
);

const setter = (column: string, type: string) =>
  statement(
    `billing.contract.${column}`,
    `UPDATE contract SET ${column} = $2::${type}, version = version + 1, changed_at = now() WHERE contract_id = $1`,
  );

/** One column of a contract: `$1` the contract, `$2` the value. */
export const SETTERS = {
  title: setter('title', 'text'),
  comment: setter('comment', 'text'),
  patternId: setter('pattern_id', 'integer'),
  dateFrom: setter('date_from', 'date'),
  dateTo: setter('date_to', 'date'),
  mode: setter('mode', 'smallint'),
  personType: setter('person_type', 'smallint'),
  hidden: setter('hidden', 'boolean'),
  parameterGroupId: setter('parameter_group_id', 'integer'),
  groups: setter('groups', 'bigint'),
} as const;

/** Something that belongs to a contract changed: whoever read it before has read another version. */
export const touchContract = statement(
  'billing.touchContract',
  'UPDATE contract SET version = version + 1, changed_at = now() WHERE contract_id = $1',
);

export const setPassword = statement(
  'billing.setContractPassword',
  'UPDATE contract SET password = $2::bytea, version = version + 1, changed_at = now() WHERE contract_id = $1',
);

export const contractWithTitle = statement<{ id: number }>(
  'billing.contractWithTitle',
  'SELECT contract_id AS id FROM contract WHERE title = $1',
);

/** `$2` field, `$3` the value now, `$4` operator, `$5` login. */
export const logField = statement(
  'billing.logField',
  'INSERT INTO contract_field_log (contract_id, field, value, operator_id, login) VALUES ($1, $2, $3, $4, $5)',
);

export type FieldLogRow = { at: Temporal.Instant; login: string; value: string };
export const fieldLog = statement<FieldLogRow>(
  'billing.fieldLog',
  'SELECT at, login, value FROM contract_field_log WHERE contract_id = $1 AND field = $2 ORDER BY log_id',
);

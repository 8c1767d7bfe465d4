import { statement } from '../../core/database/statement.ts';
import type { Email, Phone } from '../contacts.ts';
import type { Address } from '../parameter-value.ts';
import { PARAMETER_COLUMNS, type ParameterRow } from './parameters.ts';

/** Parts of a value beside its title: one of them, by the kind. */
export type Detail = {
  readonly text?: string;
  readonly address?: Address;
  readonly phones?: readonly Phone[];
  readonly emails?: readonly Email[];
  readonly items?: readonly number[];
};

export type ValueRow = {
  parameterId: number;
  title: string;
  number: number | null;
  day: Temporal.PlainDate | null;
  detail: Detail | null;
  version: number;
};

const COLUMNS = 'v.parameter_id AS "parameterId", v.title, v.number, v.day, v.detail, v.version';

export const storedValueOf = statement<ValueRow>(
  'billing.valueOf',
  `SELECT ${COLUMNS} FROM contract_parameter v WHERE v.contract_id = $1 AND v.parameter_id = $2`,
);

/** Values of the parameters `$2` of a contract. */
export const valuesOf = statement<ValueRow>(
  'billing.valuesOf',
  `SELECT ${COLUMNS} FROM contract_parameter v WHERE v.contract_id = $1 AND v.parameter_id = ANY ($2::int[])`,
);

/** `$3` title, `$4` number, `$5` day, `$6` detail. */
export const storeValue = statement(
  'billing.storeValue',
  `INSERT INTO contract_parameter AS v (contract_id, parameter_id, title, number, day, detail) VALUES ($1, $2, $3, $4, $5, $6::json)
   ON CONFLICT (contract_id, parameter_id) DO UPDATE SET title = excluded.title, number = excluded.number, day = excluded.day, detail = excluded.detail,
     version = v.version + 1, changed_at = now()`,
);

export const clearValue = statement('billing.clearValue', 'DELETE FROM contract_parameter WHERE contract_id = $1 AND parameter_id = $2');

/** `$3` what it is now, `$4` what it was, `$5` operator, `$6` login. */
export const writeHistory = statement(
  'billing.writeParameterHistory',
  `INSERT INTO contract_parameter_history (contract_id, parameter_id, title, former, operator_id, login) VALUES ($1, $2, $3, $4, $5, $6)`,
);

export type HistoryRow = { at: Temporal.Instant; login: string; title: string };
export const historyOf = statement<HistoryRow>(
  'billing.parameterHistory',
  'SELECT at, login, title FROM contract_parameter_history WHERE contract_id = $1 AND parameter_id = $2 ORDER BY history_id',
);

export type HistoryPageRow = HistoryRow & { id: number; former: string; operatorId: number | null };

/** The newest first, those before the entry `$3`, at most `$4`. */
export const historyPage = statement<HistoryPageRow>(
  'billing.parameterHistoryPage',
  `SELECT history_id AS id, at, login, operator_id AS "operatorId", title, former FROM contract_parameter_history
   WHERE contract_id = $1 AND parameter_id = $2 AND history_id < $3::bigint ORDER BY history_id DESC LIMIT $4`,
);

/** A parameter of the form of a contract with its value, where it has one. */
export type ShownRow = ParameterRow & { value: string | null };

/** `$1` the contract, `$2` its parameter group (0: none), `$3` all parameters. In the order of the group. */
export const shownParameters = statement<ShownRow>(
  'billing.shownParameters',
  `SELECT ${PARAMETER_COLUMNS}, v.title AS value
   FROM billing_parameter p
     LEFT JOIN billing_parameter_group_member m ON m.parameter_id = p.parameter_id AND m.parameter_group_id = $2
     LEFT JOIN contract_parameter v ON v.contract_id = $1 AND v.parameter_id = p.parameter_id
   WHERE $3 OR $2 = 0 OR m.parameter_id IS NOT NULL OR p.always_visible
   ORDER BY COALESCE(m.position, p.position), p.parameter_id`,
);

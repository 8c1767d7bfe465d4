import type { Database } from '@vestnik/hub/core/database/database.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';

/** A parameter of the kind text, a value of which each contract may have. */
export const PARAMETER = 9_001;

/** Adds the contracts of these numbers, `from` excluded; the titles are D-0000001 and so on. */
export async function addContracts({ work }: Database, from: number, to: number): Promise<void> {
  await ask(
    work,
    `INSERT INTO contract (title, comment, date_from) SELECT 'D-' || lpad(n::text, 7, '0'), 'Абонент ' || n, '2020-01-01'
     FROM generate_series($1::int + 1, $2::int) AS n`,
    [from, to],
  );
  await ask(work, 'ANALYZE contract');
}

/** Gives the contracts of these numbers a value each, in which the MD5 of the number stands. */
export async function addValues({ work }: Database, from: number, to: number): Promise<void> {
  await ask(work, `INSERT INTO billing_parameter (parameter_id, kind, title) VALUES ($1, 1, 'Лицевой счёт') ON CONFLICT DO NOTHING`, [
    PARAMETER,
  ]);
  await ask(
    work,
    `INSERT INTO contract_parameter (contract_id, parameter_id, title) SELECT contract_id, $1, 'ЛС ' || md5(contract_id::text) FROM contract
     WHERE contract_id > $2 AND contract_id <= $3`,
    [PARAMETER, from, to],
  );
  await ask(work, 'ANALYZE contract_parameter');
}

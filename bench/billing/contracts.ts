import type { Database } from '@vestnik/hub/core/database/database.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';

/** Parameters of which each contract may have a value: of the kind text, and an item of a list. */
export const TEXT_PARAMETER = 9_001;
export const LIST_PARAMETER = 9_002;
/** Contracts that have the same item. */
const SHARING = 40;
const PART = 100_000;

/** The item of the list that a contract of this number has. */
export const itemOf = (n: number): number => Math.floor(n / SHARING);

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

/** Gives the contracts of these numbers a value of each: a text in which the MD5 of the number stands, and an item that few have. */
export async function addValues({ work }: Database, from: number, to: number): Promise<void> {
  await ask(
    work,
    `INSERT INTO billing_parameter (parameter_id, kind, title) VALUES ($1, 1, 'Лицевой счёт'), ($2, 7, 'Участок') ON CONFLICT DO NOTHING`,
    [TEXT_PARAMETER, LIST_PARAMETER],
  );
  // Parts of what a statement may last.
  for (let first = from; first < to; first += PART) {
    await ask(
      work,
      `INSERT INTO contract_parameter (contract_id, parameter_id, title, number)
       SELECT contract_id, $1::int, 'ЛС ' || md5(contract_id::text), NULL FROM contract WHERE contract_id > $3 AND contract_id <= $4
       UNION ALL SELECT contract_id, $2::int, 'Участок ' || contract_id / $5, contract_id / $5 FROM contract WHERE contract_id > $3 AND contract_id <= $4`,
      [TEXT_PARAMETER, LIST_PARAMETER, first, Math.min(first + PART, to), SHARING],
    );
  }
  // As the server does by itself soon after so much was written; until then look-ups read what it has not sorted in yet.
  for (const table of ['contract', 'contract_parameter']) await ask(work, `VACUUM ANALYZE ${table}`);
  await ask(work, 'CHECKPOINT');
}

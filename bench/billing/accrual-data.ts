import type { Database } from '@vestnik/hub/core/database/database.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';
import { addOwnContracts } from './money.ts';

/** Contracts of one statement: parts of what it may last. */
const PART = 50_000;
/** The plans of the contracts: each prices the service on its own. */
const PLANS = 5;

/** What the fees are priced by. */
export interface Priced {
  readonly service: number;
  readonly plans: readonly number[];
}

/** A module, a service and plans with a price for a month; nothing of a contract yet. */
export async function addPlans({ work }: Database): Promise<Priced> {
  const { rows } = await ask<{ service: number; plans: number[] }>(
    work,
    `WITH module AS (INSERT INTO billing_module (name, title) VALUES ('npay', 'Абонплата') RETURNING module_id),
       service AS (INSERT INTO billing_service (module_id, title) SELECT module_id, 'Интернет' FROM module RETURNING service_id),
       plan AS (INSERT INTO tariff_plan (title) SELECT 'Тариф ' || n FROM generate_series(1, $1::int) AS n RETURNING plan_id),
       price AS (INSERT INTO tariff_price (plan_id, service_id, unit, price) SELECT plan_id, service_id, 'month', 300 + plan_id FROM plan, service)
     SELECT service_id AS service, (SELECT array_agg(plan_id ORDER BY plan_id) FROM plan) AS plans FROM service`,
    [PLANS],
  );
  const [made] = rows;
  if (!made) throw new Error('the service was not stored');
  return made;
}

/** Contracts with one tariff and one service object each, since the last year. The titles are A-00000001 and so on. */
export async function addObjects(database: Database, { service, plans }: Priced, objects: number): Promise<void> {
  for (let made = 0; made < objects; made += PART) {
    const before = await addOwnContracts(database, 'A', made, Math.min(objects, made + PART));
    const last = before + Math.min(objects - made, PART);
    await database.transaction(async (tx) => {
      // The log of changes and the references between tables are not what is measured.
      await ask(tx, 'SET LOCAL session_replication_role = replica');
      await ask(
        tx,
        `INSERT INTO contract_tariff (contract_id, plan_id, date_from)
         SELECT c, ($3::int[])[1 + c % $4::int], current_date - 400 FROM generate_series($1::int + 1, $2::int) AS c`,
        [before, last, plans, plans.length],
      );
      await ask(
        tx,
        `INSERT INTO service_object (contract_id, service_id, date_from)
         SELECT c, $3::int, current_date - 400 FROM generate_series($1::int + 1, $2::int) AS c`,
        [before, last, service],
      );
    });
  }
  // As the server does by itself soon after so much was written.
  for (const table of ['contract', 'contract_tariff', 'service_object']) await ask(database.work, `VACUUM ANALYZE ${table}`);
  await ask(database.work, 'CHECKPOINT');
}

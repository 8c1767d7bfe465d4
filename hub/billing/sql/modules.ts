import { statement } from '../../core/database/statement.ts';

/** An instance of a module; its number is the `mid` of addresses. */
export type ModuleRow = { id: number; name: string; title: string };

const MODULE = 'm.module_id AS id, m.name, m.title';

export const moduleRows = statement<ModuleRow>('billing.modules', `SELECT ${MODULE} FROM billing_module m ORDER BY m.module_id`);

export const moduleById = statement<ModuleRow>('billing.moduleById', `SELECT ${MODULE} FROM billing_module m WHERE m.module_id = $1`);

export const modulesOfContract = statement<ModuleRow>(
  'billing.modulesOfContract',
  `SELECT ${MODULE} FROM contract_module cm JOIN billing_module m USING (module_id) WHERE cm.contract_id = $1 ORDER BY m.title, m.module_id`,
);

export const modulesForContract = statement<ModuleRow>(
  'billing.modulesForContract',
  `SELECT ${MODULE} FROM billing_module m
   WHERE NOT EXISTS (SELECT FROM contract_module cm WHERE cm.contract_id = $1 AND cm.module_id = m.module_id) ORDER BY m.title, m.module_id`,
);

/** @returns nothing when it was attached already */
export const attachModule = statement<{ id: number }>(
  'billing.attachModule',
  'INSERT INTO contract_module (contract_id, module_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING module_id AS id',
);

export const detachModule = statement<{ id: number }>(
  'billing.detachModule',
  'DELETE FROM contract_module WHERE contract_id = $1 AND module_id = $2 RETURNING module_id AS id',
);

/** What of a module a contract still has on the day `$3`, as a person reads it. */
export const openObjectsOfModule = statement<{ title: string }>(
  'billing.openObjectsOfModule',
  `SELECT s.title || ' (объект ' || o.service_object_id || ')' AS title FROM service_object o JOIN billing_service s USING (service_id)
   WHERE o.contract_id = $1 AND s.module_id = $2 AND (o.date_to IS NULL OR o.date_to >= $3)
   UNION ALL
   SELECT COALESCE(NULLIF(i.title, ''), i.login) || ' (сервис ' || i.inet_service_id || ')' FROM inet_service i
   WHERE i.contract_id = $1 AND i.module_id = $2 AND (i.date_to IS NULL OR i.date_to >= $3)
   ORDER BY 1 LIMIT 20`,
);

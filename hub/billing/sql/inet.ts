import { statement } from '../../core/database/statement.ts';

export type InetTypeRow = { id: number; title: string; config: string; needLogin: boolean; needDevice: boolean; sessions: number };

/** One type, or with null all of them. */
export const inetTypeRows = statement<InetTypeRow>(
  'billing.inetTypes',
  `SELECT type_id AS id, title, config, need_login AS "needLogin", need_device AS "needDevice", sessions FROM inet_service_type
   WHERE $1::int IS NULL OR type_id = $1 ORDER BY title, type_id`,
);

export type InetServiceRow = {
  id: number;
  contractId: number;
  contractTitle: string;
  contractComment: string;
  moduleId: number;
  parentId: number;
  typeId: number;
  typeTitle: string;
  deviceId: number;
  deviceTitle: string;
  title: string;
  login: string;
  password: Buffer | null;
  comment: string;
  config: string;
  identifiers: string[];
  /** Twelve hexadecimal digits each. */
  macs: string[];
  addressFrom: Buffer | null;
  addressTo: Buffer | null;
  interfaceId: number;
  objectId: number;
  vlan: number;
  sessions: number;
  status: number;
  deviceState: number;
  accessCode: number;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
};

const COLUMNS = `i.inet_service_id AS id, i.contract_id AS "contractId", c.title AS "contractTitle", c.comment AS "contractComment", i.module_id AS "moduleId",
  COALESCE(i.parent_id, 0) AS "parentId", i.type_id AS "typeId", t.title AS "typeTitle", COALESCE(i.device_id, 0) AS "deviceId",
  COALESCE(d.title, '') AS "deviceTitle", i.title, i.login, i.password, i.comment, i.config, i.identifiers, i.macs, i.address_from AS "addressFrom",
  i.address_to AS "addressTo", i.interface_id AS "interfaceId", i.object_id AS "objectId", i.vlan, i.sessions, i.status, i.device_state AS "deviceState",
  i.access_code AS "accessCode", i.date_from AS "dateFrom", i.date_to AS "dateTo"`;
const FROM =
  'FROM inet_service i JOIN contract c USING (contract_id) JOIN inet_service_type t USING (type_id) LEFT JOIN inet_device d ON d.device_id = i.device_id';

export const inetServiceById = statement<InetServiceRow>(
  'billing.inetServiceById',
  `SELECT ${COLUMNS} ${FROM} WHERE i.inet_service_id = $1`,
);

/** Of the contract `$1` in the module `$2`; null: in any. */
export const inetServicesOf = statement<InetServiceRow>(
  'billing.inetServicesOf',
  `SELECT ${COLUMNS} ${FROM} WHERE i.contract_id = $1 AND ($2::int IS NULL OR i.module_id = $2) ORDER BY i.title, i.inet_service_id`,
);

export const insertInetService = statement<{ id: number }>(
  'billing.insertInetService',
  'INSERT INTO inet_service (contract_id, module_id, type_id) VALUES ($1, $2, $3) RETURNING inet_service_id AS id',
);

export const updateInetService = statement(
  'billing.updateInetService',
  `UPDATE inet_service SET type_id = $2, parent_id = $3, device_id = $4, title = $5, login = $6, password = $7, comment = $8, config = $9,
     identifiers = $10, macs = $11, address_from = $12, address_to = $13, interface_id = $14, object_id = $15, vlan = $16, sessions = $17, status = $18,
     date_from = $19, date_to = $20 WHERE inet_service_id = $1`,
);

export const setInetOptions = statement('billing.setInetOptions', 'UPDATE inet_service SET options = $2 WHERE inet_service_id = $1');

export const deleteInetServiceRow = statement('billing.deleteInetService', 'DELETE FROM inet_service WHERE inet_service_id = $1');

/** Another service of the module with this login. */
export const inetLoginTaken = statement<{ id: number }>(
  'billing.inetLoginTaken',
  'SELECT inet_service_id AS id FROM inet_service WHERE module_id = $1 AND login = $2 AND inet_service_id <> $3',
);

export type InetDeviceRow = {
  id: number;
  parentId: number;
  typeId: number;
  title: string;
  ident: string;
  host: string;
  comment: string;
  config: string;
  username: string;
  groups: number[];
  svlan: number;
  dateFrom: Temporal.PlainDate | null;
  dateTo: Temporal.PlainDate | null;
};

export const inetDeviceById = statement<InetDeviceRow>(
  'billing.inetDeviceById',
  `SELECT device_id AS id, COALESCE(parent_id, 0) AS "parentId", type_id AS "typeId", title, ident, host, comment, config, username, groups, svlan,
     date_from AS "dateFrom", date_to AS "dateTo" FROM inet_device WHERE device_id = $1`,
);

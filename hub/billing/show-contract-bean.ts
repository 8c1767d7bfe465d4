import { type Queryable, statement } from '../core/database/statement.ts';
import { allows } from '../core/identity/caller.ts';
import type { Act } from './act.ts';
import { isHead, isMember } from './contract.ts';
import { isDependent } from './payer.ts';
import { PASSWORD_PURPOSE } from './set-contract-password.ts';
import type { ContractRow } from './sql/contracts.ts';

const RIGHT = 'billing.contract.password.read';

/** The right that no call has by itself (spec 10.4). */
export const CONTRACT_RIGHTS = { [RIGHT]: 'see the passwords of contracts; everybody else gets empty ones' } as const;

/** A contract as the catalogue's bean `contract` has it, with the flags derived from its family. */
export interface ContractBean {
  readonly id: number;
  readonly title: string;
  readonly groups: bigint;
  readonly password: string;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
  readonly balanceMode: number;
  readonly paramGroupId: number;
  readonly personType: number;
  readonly comment: string;
  readonly hidden: boolean;
  readonly superCid: number;
  readonly dependSubList: string;
  readonly status: number;
  readonly statusTimeChange: Temporal.PlainDate | null;
  readonly titlePatternId: number;
  readonly balanceSubMode: number;
  readonly domainId: number;
  readonly balanceLimit: string;
  readonly sub: boolean;
  readonly super: boolean;
  readonly dependSub: boolean;
  readonly independSub: boolean;
}

/** The password in clear for those who may see it, '' for everybody else. */
function passwordOf(act: Act, { id, password }: Pick<ContractRow, 'id' | 'password'>, mayRead: boolean): string {
  return mayRead && password ? act.secretKey.open(PASSWORD_PURPOSE, password, String(id)).toString() : '';
}

const beanOf = (act: Act, row: ContractRow, mayRead: boolean): ContractBean => ({
  id: row.id,
  title: row.title,
  groups: BigInt(row.groups),
  password: passwordOf(act, row, mayRead),
  dateFrom: row.dateFrom,
  dateTo: row.dateTo,
  balanceMode: row.mode,
  paramGroupId: row.parameterGroupId,
  personType: row.personType,
  comment: row.comment,
  hidden: row.hidden,
  superCid: row.superId,
  dependSubList: row.dependents.join(', '),
  status: row.status,
  statusTimeChange: row.statusFrom,
  titlePatternId: row.patternId,
  balanceSubMode: row.subMode,
  domainId: row.domainId,
  balanceLimit: row.balanceLimit,
  sub: isMember(row),
  super: isHead(row),
  dependSub: isDependent(row),
  independSub: isMember(row) && !isDependent(row),
});

/** @example const bean = contractBean(call, await findContract(call.db, call, contractId)) */
export const contractBean = (act: Act, row: ContractRow): ContractBean => beanOf(act, row, allows(act.caller, RIGHT));

const noteReading = statement(
  'billing.notePasswordReading',
  `INSERT INTO audit (login, face, address, request_id, action, object, after) VALUES ($1, $2, $3, $4, 'billing.contract.password.list', $5, $6::json)`,
);

/** The same of a list; that passwords were read in it, and how many, stands in the audit (spec 10.4). */
export async function contractBeans(db: Queryable, act: Act, rows: readonly ContractRow[]): Promise<ContractBean[]> {
  const mayRead = allows(act.caller, RIGHT);
  const passwords = mayRead ? rows.filter(({ password }) => password !== null).length : 0;
  const { login, face, address = null, requestId = null } = act.caller;
  if (passwords > 0) await noteReading(db, login, face, address, requestId, act.protocol, JSON.stringify({ passwords }));
  return rows.map((row) => beanOf(act, row, mayRead));
}

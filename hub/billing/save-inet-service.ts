import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import { allows } from '../core/identity/caller.ts';
import type { Act } from './act.ts';
import { needModule } from './attach-modules.ts';
import { badValue, checkLine, checkText } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { findContract, lockContract } from './find-contract.ts';
import { generatePassword } from './generate-password.ts';
import { publishOfContract, type ToldContract } from './publish-contract-event.ts';
import {
  deleteInetServiceRow,
  type InetServiceRow,
  inetDeviceById,
  inetLoginTaken,
  inetServiceById,
  inetTypeRows,
  insertInetService,
  setInetOptions,
  updateInetService,
} from './sql/inet.ts';

/** What of an access service may be set; what is absent stays as it was. */
export interface InetServiceInput {
  /** 0: a new one. */
  readonly id: number;
  readonly contractId: number;
  readonly moduleId: number;
  readonly fields: Partial<
    Pick<
      InetServiceRow,
      | 'typeId'
      | 'parentId'
      | 'deviceId'
      | 'title'
      | 'login'
      | 'comment'
      | 'config'
      | 'identifiers'
      | 'macs'
      | 'addressFrom'
      | 'addressTo'
      | 'interfaceId'
      | 'objectId'
      | 'vlan'
      | 'sessions'
      | 'status'
      | 'dateFrom'
      | 'dateTo'
    >
  >;
  readonly password?: string | undefined;
  readonly generateLogin: boolean;
  readonly generatePassword: boolean;
  /** Absent: they stay. */
  readonly options?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

type Fields = Required<InetServiceInput['fields']>;

const PURPOSE = 'billing.inet.password';
/** Shows passwords, of contracts and of their access services (spec 10.4). */
const PASSWORD_RIGHT = 'billing.contract.password.read';
const LONGEST = { line: 200, text: 2_000, config: 100_000 };
const MOST_ENTRIES = 100;
const MAC = /^[0-9a-f]{12}$/;

const NEW: Fields = {
  typeId: 0,
  parentId: 0,
  deviceId: 0,
  title: '',
  login: '',
  comment: '',
  config: '',
  identifiers: [],
  macs: [],
  addressFrom: null,
  addressTo: null,
  interfaceId: -1,
  objectId: 0,
  vlan: -1,
  sessions: 0,
  status: 0,
  dateFrom: null,
  dateTo: null,
};

const missing = (reason: string, what: string, russian: string, id: number): HubError =>
  new HubError('NOT_FOUND', `there is no ${what} ${id}`, { reason, russian: `${russian}: ${id}` });

/** @throws HubError NOT_FOUND, also when its contract is outside the fence */
export async function findInetService(db: Queryable, act: Act, id: number): Promise<InetServiceRow> {
  const [row] = await inetServiceById(db, id);
  if (!row) throw missing('inet_service', 'access service', 'Сервис доступа не найден', id);
  await findContract(db, act, row.contractId);
  return row;
}

/** The password in clear for those who may see it, '' for everybody else. */
export const inetPasswordOf = (act: Act, { id, password }: Pick<InetServiceRow, 'id' | 'password'>): string =>
  password && allows(act.caller, PASSWORD_RIGHT) ? act.secretKey.open(PURPOSE, password, String(id)).toString('utf8') : '';

function checkAddress(name: string, address: Buffer | null): void {
  if (address !== null && address.length !== 4 && address.length !== 16)
    throw badValue(name, `an address has 4 or 16 bytes, not ${address.length}`, 'адрес занимает 4 или 16 байт');
}

/** A parent is a service of the same contract, and not below the service itself. */
async function checkParent(tx: Transaction, id: number, contractId: number, parentId: number): Promise<void> {
  const above = new Set([id]);
  for (let at = parentId; at > 0; ) {
    const [parent] = await inetServiceById(tx, at);
    if (parent?.contractId !== contractId || above.has(at))
      throw missing('inet_parent', 'parent of the access service', 'Родительский сервис не найден', parentId);
    above.add(at);
    at = parent.parentId;
  }
}

async function checkFields(tx: Transaction, id: number, contractId: number, fields: Fields): Promise<Fields> {
  checkPeriod(fields.dateFrom, fields.dateTo);
  checkAddress('addrFrom', fields.addressFrom);
  checkAddress('addrTo', fields.addressTo);
  if (fields.macs.length > MOST_ENTRIES || fields.macs.some((mac) => !MAC.test(mac)))
    throw badValue('macList', `at most ${MOST_ENTRIES} addresses of 6 bytes`, `не более ${MOST_ENTRIES} адресов по 6 байт`);
  if (fields.identifiers.length > MOST_ENTRIES)
    throw badValue('identifierList', `at most ${MOST_ENTRIES} identifiers`, `не более ${MOST_ENTRIES} идентификаторов`);
  const [type] = await inetTypeRows(tx, fields.typeId);
  if (!type) throw missing('inet_type', 'type of access services', 'Тип сервиса не найден', fields.typeId);
  if (fields.deviceId > 0 && (await inetDeviceById(tx, fields.deviceId)).length === 0)
    throw missing('inet_device', 'access device', 'Устройство не найдено', fields.deviceId);
  if (type.needDevice && fields.deviceId <= 0) throw badValue('did', `type ${type.title} needs a device`, 'не указано устройство');
  await checkParent(tx, id, contractId, fields.parentId);
  return {
    ...fields,
    title: checkLine('title', fields.title, LONGEST.line),
    login: checkLine('uname', fields.login, LONGEST.line),
    comment: checkText('comment', fields.comment, LONGEST.text),
    config: checkText('config', fields.config, LONGEST.config),
    identifiers: fields.identifiers.map((text) => checkLine('identifierList', text, LONGEST.line)),
  };
}

async function tell(
  tx: Transaction,
  act: Act,
  contract: ToldContract,
  change: 'created' | 'changed' | 'deleted',
  id: number,
  fields: Fields | InetServiceRow,
): Promise<void> {
  const { title, login, typeId, deviceId, dateFrom, dateTo, status } = fields;
  const shown = { id, title, login, typeId, deviceId, status, dateFrom: dateFrom?.toString() ?? null, dateTo: dateTo?.toString() ?? null };
  await audit(tx, act.caller, {
    action: `billing.inet-service.${change}`,
    object: String(contract.id),
    [change === 'deleted' ? 'before' : 'after']: shown,
  });
  await publishOfContract(tx, act, contract, 'contract.module-changed', { attached: [], detached: [], inetService: { change, ...shown } });
}

/**
 * Makes an access service of a contract, or changes one. A login that is made is the contract's number with that of the service.
 * @returns its number
 * @throws HubError NOT_FOUND (contract, module, type, device, service), BAD_REQUEST, CONFLICT: the login is taken
 */
export async function saveInetService(tx: Transaction, act: Act, input: InetServiceInput): Promise<number> {
  const before = input.id === 0 ? undefined : await findInetService(tx, act, input.id);
  const contract = await lockContract(tx, act, before?.contractId ?? input.contractId);
  const { id: moduleId } = await needModule(tx, before?.moduleId ?? input.moduleId);
  const given = await checkFields(tx, input.id, contract.id, { ...(before ?? NEW), ...input.fields });
  const [made] = before ? [] : await insertInetService(tx, contract.id, moduleId, given.typeId);
  const id = made?.id ?? input.id;
  const fields = input.generateLogin ? { ...given, login: `${contract.id}-${id}` } : given;
  if (fields.login !== '' && (await inetLoginTaken(tx, moduleId, fields.login, id)).length > 0)
    throw new HubError('CONFLICT', `the login ${fields.login} is taken`, {
      reason: 'login_taken',
      russian: `Логин «${fields.login}» уже занят`,
    });
  const fresh = input.generatePassword ? generatePassword(act.settings) : input.password;
  const password = fresh === undefined ? (before?.password ?? null) : fresh === '' ? null : act.secretKey.seal(PURPOSE, fresh, String(id));
  await updateInetService(
    tx,
    ...[id, fields.typeId, fields.parentId > 0 ? fields.parentId : null, fields.deviceId > 0 ? fields.deviceId : null],
    ...[
      fields.title,
      fields.login,
      password,
      fields.comment,
      fields.config,
      fields.identifiers,
      fields.macs,
      fields.addressFrom,
      fields.addressTo,
    ],
    ...[fields.interfaceId, fields.objectId, fields.vlan, fields.sessions, fields.status, fields.dateFrom, fields.dateTo],
  );
  if (input.options) await setInetOptions(tx, id, JSON.stringify(input.options));
  await tell(tx, act, contract, before ? 'changed' : 'created', id, fields);
  return id;
}

/**
 * Removes an access service with those below it.
 * @param force also one that is still in force
 * @throws HubError NOT_FOUND, CONFLICT: it is in force and `force` is not given
 */
export async function deleteInetService(tx: Transaction, act: Act, id: number, force: boolean): Promise<void> {
  const before = await findInetService(tx, act, id);
  const contract = await lockContract(tx, act, before.contractId);
  const { dateFrom, dateTo } = before;
  const { compare } = Temporal.PlainDate;
  const begun = dateFrom !== null && compare(dateFrom, act.today) < 0;
  if (!force && begun && (dateTo === null || compare(dateTo, act.today) >= 0))
    throw new HubError('CONFLICT', `access service ${id} is in force: end it first, or delete it by force`, {
      reason: 'in_force',
      russian: 'Сервис действует: сначала закройте его или удалите принудительно',
    });
  await deleteInetServiceRow(tx, id);
  await tell(tx, act, contract, 'deleted', id, before);
}

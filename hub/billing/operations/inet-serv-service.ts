import { dayOf } from '../act.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteInetService, findInetService, type InetServiceInput, inetPasswordOf, saveInetService } from '../save-inet-service.ts';
import { type InetServiceRow, type InetTypeRow, inetServicesOf, inetTypeRows } from '../sql/inet.ts';

type At = Temporal.Instant | null | undefined;

interface ServBean {
  readonly id?: number | null;
  readonly parentId?: number | null;
  readonly title?: string | null;
  readonly cid?: number | null;
  readonly coid?: number | null;
  readonly did?: number | null;
  readonly typeId?: number | null;
  readonly ifaceId?: number | null;
  readonly vlan?: number | null;
  readonly uname?: string | null;
  readonly passw?: string | null;
  readonly sessCntLimit?: number | null;
  readonly status?: number | null;
  readonly comment?: string | null;
  readonly config?: string | null;
  readonly identifierList?: readonly (string | null)[] | null;
  readonly macList?: readonly (Buffer | null)[] | null;
  readonly addrFrom?: Buffer | null;
  readonly addrTo?: Buffer | null;
  readonly dateFrom?: At;
  readonly dateTo?: At;
}

interface OptionBean {
  readonly optionId: number;
  readonly serviceId: number;
  readonly dateFrom?: At;
  readonly dateTo?: At;
}

/** A list as programs send it may have holes. */
const present = <T>(list: readonly (T | null)[] | null | undefined): T[] | null | undefined => list?.filter((one) => one !== null);

const typeBean = ({ id, title, config, needLogin, needDevice, sessions }: InetTypeRow) => ({
  id,
  title,
  config,
  ipFromParentRange: false,
  addressAllInterface: false,
  addressType: 0,
  deviceGroupIds: [],
  deviceTypeIds: [],
  needContractObject: false,
  needDevice,
  needIdentifier: false,
  needInterface: false,
  needLogin,
  needMacAddress: false,
  needRestriction: false,
  needVlan: false,
  parentTypeIds: [],
  personalInterface: false,
  personalVlan: false,
  sessionCountLimit: sessions,
  sessionCountLimitLock: false,
  sessionInitiationType: 0,
  trafficTypeLinkId: 0,
});

const servBean = (call: Call, row: InetServiceRow, children: readonly object[] = []) => ({
  $type: 'inetServ',
  id: row.id,
  parentId: row.parentId,
  title: row.title || row.login,
  children,
  cid: row.contractId,
  coid: row.objectId,
  contractTitle: row.contractTitle,
  contractComment: row.contractComment,
  typeId: row.typeId,
  typeTitle: row.typeTitle,
  did: row.deviceId,
  deviceTitle: row.deviceTitle,
  ifaceId: row.interfaceId,
  interfaceTitle: '',
  uname: row.login,
  passw: inetPasswordOf(call, row),
  identifierList: row.identifiers,
  macList: row.macs.map((mac) => Buffer.from(mac, 'hex')),
  addrFrom: row.addressFrom,
  addrTo: row.addressTo,
  vlan: row.vlan,
  sessCntLimit: row.sessions,
  status: row.status,
  devState: row.deviceState,
  devOpts: [],
  accessCode: row.accessCode,
  accessCodeTitle: '',
  ipResId: 0,
  ipResSubsriptionId: 0,
  scid: 0,
  comment: row.comment,
  config: row.config,
  dateFrom: row.dateFrom,
  dateTo: row.dateTo,
});

async function servicesOf(call: Call, contractId: number): Promise<InetServiceRow[]> {
  await findContract(call.db, call, contractId);
  return inetServicesOf(call.db, contractId, call.moduleId ?? null);
}

/** A row with those below it. Parents are of the same contract and make no ring: a service is made after its parent. */
function branch(call: Call, row: InetServiceRow, rows: readonly InetServiceRow[], above: ReadonlySet<number> = new Set()): object {
  const seen = new Set([...above, row.id]);
  const children = rows.filter(({ parentId, id }) => parentId === row.id && !seen.has(id)).map((child) => branch(call, child, rows, seen));
  return servBean(call, row, children);
}

const dayOrNull = (call: Call, at: At): Temporal.PlainDate | null => (at ? dayOf(call, at) : null);
const optionRow = (call: Call, { optionId, serviceId, dateFrom, dateTo }: OptionBean) => ({
  optionId,
  serviceId,
  dateFrom: dayOrNull(call, dateFrom)?.toString() ?? null,
  dateTo: dayOrNull(call, dateTo)?.toString() ?? null,
});

/** What a bean says of a service; what is null stays as it was. */
function fieldsOf(call: Call, bean: ServBean): InetServiceInput['fields'] {
  const said = {
    typeId: bean.typeId,
    parentId: bean.parentId,
    deviceId: bean.did,
    title: bean.title,
    login: bean.uname,
    comment: bean.comment,
    config: bean.config,
    identifiers: present(bean.identifierList),
    macs: present(bean.macList)?.map((mac) => mac.toString('hex')),
    addressFrom: bean.addrFrom,
    addressTo: bean.addrTo,
    interfaceId: bean.ifaceId,
    objectId: bean.coid,
    vlan: bean.vlan,
    sessions: bean.sessCntLimit,
    status: bean.status,
    dateFrom: bean.dateFrom && dayOf(call, bean.dateFrom),
  };
  const fields = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null && value !== undefined));
  return { ...fields, dateTo: dayOrNull(call, bean.dateTo) };
}

interface UpdateArgs {
  readonly inetServ?: ServBean | null;
  readonly optionList?: readonly OptionBean[] | null;
  readonly generateLogin: boolean;
  readonly generatePassword: boolean;
}

const ORDERS: Readonly<Record<string, (a: InetServiceRow, b: InetServiceRow) => number>> = {
  id: (a, b) => a.id - b.id,
  login: (a, b) => (a.login < b.login ? -1 : 1),
};

export const inetServService: Binding = {
  service: 'InetServService',
  operations: {
    inetServTypeList: async (call: Call) => (await inetTypeRows(call.db, null)).map(typeBean),
    inetServGet: async (call: Call, { inetServId }: { inetServId: number }) =>
      servBean(call, await findInetService(call.db, call, inetServId)),
    inetServList: async (call: Call, { contractId, orderBy }: { contractId: number; orderBy?: string | null }) => {
      const rows = await servicesOf(call, contractId);
      const order = ORDERS[orderBy ?? ''];
      return (order ? rows.toSorted(order) : rows).map((row) => servBean(call, row));
    },
    /** The root stands for the contract; below it are services without a parent. */
    inetServTree: async (call: Call, { contractId }: { contractId: number }) => {
      const contract = await findContract(call.db, call, contractId);
      const rows = await servicesOf(call, contractId);
      const top = rows.filter(({ parentId }) => parentId === 0);
      return {
        $type: 'inetServ',
        id: 0,
        parentId: 0,
        title: contract.title,
        cid: contract.id,
        contractTitle: contract.title,
        children: top.map((row) => branch(call, row, rows)),
      };
    },
    inetServUpdate: (call: Call, { inetServ, optionList, generateLogin, generatePassword }: UpdateArgs) => {
      if (!inetServ) throw badValue('inetServ', 'an access service is needed', 'не указан сервис доступа');
      return saveInetService(call.tx, call, {
        id: inetServ.id && inetServ.id > 0 ? inetServ.id : 0,
        contractId: inetServ.cid ?? 0,
        moduleId: call.moduleId ?? 0,
        fields: fieldsOf(call, inetServ),
        // An empty password in the bean is what those get to read who may not see it: sent back it changes nothing.
        password: inetServ.passw || undefined,
        generateLogin,
        generatePassword,
        options: optionList?.map((option) => optionRow(call, option)),
      });
    },
    inetServDelete: (call: Call, { id, force }: { id: number; force: boolean }) => deleteInetService(call.tx, call, id, force),
  },
};

import { allows } from '../../core/identity/caller.ts';
import { ACTIONS, SERVICES } from '../catalogue/catalogue.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { type RightModule, rightsTree } from '../catalogue/rights-tree.ts';
import { EVERYBODY, findOperator, findOperators } from '../find-operators.ts';
import { pageBean, wishOf } from '../page.ts';
import type { OperatorRow } from '../sql/operators.ts';

const BUILT_IN = rightsTree(SERVICES, ACTIONS);

/** What rights are given for, by the module and the number under which foreign programs know it. */
const leavesOf = (tree: readonly RightModule[]) =>
  tree.flatMap(({ id, groups }) =>
    groups.flatMap(({ actions, operations }) =>
      [...actions, ...operations].map(({ number, right }) => ({ mid: id, actionID: number, right })),
    ),
  );

const actionsOf = (call: Call, { rights }: Pick<OperatorRow, 'rights'>): { mid: string; actionID: number }[] =>
  leavesOf(call.rightsTree ?? BUILT_IN)
    .filter(({ right }) => allows({ rights }, right))
    .map(({ mid, actionID }) => ({ mid, actionID }));

/** The bean `user`. The password is always null: not even its hash leaves the hub (spec 10.1). */
const userBean = (row: OperatorRow) => ({
  id: row.id,
  title: row.name,
  name: row.name,
  login: row.login,
  password: null,
  email: row.email,
  date: row.createdAt,
  status: row.enabled ? 0 : 1,
  statusString: row.enabled ? 'Работает' : 'Заблокирован',
  description: row.description,
  config: row.config,
  contractCid: 0,
  contractPid: 0,
  contractTitle: null,
  contractGroups: BigInt(row.groups),
  contractGroupsMode: row.groupsMode,
  domainIds: row.domains,
  ruleAccessContractParameter: Object.keys(row.parameterRules).map(Number),
  ruleAccessObjectParameter: [],
  userGroups: [],
  actionList: [],
  personalAction: null,
  configSetup: null,
  showActionsPermitErrors: false,
});

const infoBean = ({ id, name }: OperatorRow) => ({ id, name });

interface Search {
  readonly name: string | null;
  readonly status: number;
  readonly page: { readonly pageIndex: number; readonly pageSize: number } | null;
}

/** Operators of the hub, as the billing's programs see them (catalogue 4.5). */
export const userService: Binding = {
  service: 'UserService',
  operations: {
    getCurrentUserEmail: async (call) => (await findOperator(call.db, call.operatorId)).email,
    async findUsers(call, { name, status, page }: Search) {
      const wish = wishOf(page);
      const { rows, recordCount } = await findOperators(call.db, call, { name: name ?? '', status, page: wish });
      const list = rows.map((row) => ({ $type: 'user', ...userBean(row) }));
      return { list, page: pageBean(wish, recordCount), attributes: null, period: null, sort: null, sum: null };
    },
    async getUser(call, { userId }: { userId: number }) {
      const row = await findOperator(call.db, userId);
      return { ...userBean(row), actionList: actionsOf(call, row) };
    },
    listUsers: async (call) => (await findOperators(call.db, call, EVERYBODY)).rows.map(userBean),
    userInfoGet: async (call, { userId }: { userId: number }) => infoBean(await findOperator(call.db, userId)),
    userInfoList: async (call) => (await findOperators(call.db, call, EVERYBODY)).rows.map(infoBean),
    loadUserActions: async (call, { userId }: { userId: number }) => actionsOf(call, await findOperator(call.db, userId)),
  },
};

import { ACTIONS, SERVICES } from '../catalogue/catalogue.ts';
import type { ActionBinding, XmlOut } from '../catalogue/descriptor.ts';
import { type RightGroup, rightsTree } from '../catalogue/rights-tree.ts';
import { EVERYBODY, findOperator, findOperators } from '../find-operators.ts';
import { LICENCE } from '../licence.ts';
import { MODULE_KINDS } from '../module-kinds.ts';
import { RELEASES } from '../releases.ts';
import { saveOperator } from '../save-operator.ts';
import type { Profile } from '../settings.ts';

// Actions about the server itself (catalogue 2.5).

const BUILT_IN = rightsTree(SERVICES, ACTIONS);
const PRODUCT = 'Vestnik';

const versionOf = (name: string, profile: Profile) => ({
  name,
  version: RELEASES[profile],
  'build.number': '0',
  'build.time': '',
  versionstring: `${name} ${RELEASES[profile]}`,
});

function writeGroup(out: XmlOut, { title, actions, operations }: RightGroup): void {
  out.element('group', { title }, (inside) => {
    for (const { number, place, name, title: text } of actions)
      inside.element('action', { id: number, mask: `module=${place};action=${name}`, title: text.ru });
    for (const { number, place, name, title: text } of operations)
      inside.element('service', { id: number, name: place, operation: name, title: text.ru });
  });
}

/** Operators and what a client asks for when it logs in. */
export const adminServerActions: ActionBinding = {
  module: 'admin',
  actions: {
    async UserList(call, _args, out) {
      const { rows } = await findOperators(call.db, call, EVERYBODY);
      out.element('users', {}, (users) => {
        for (const { id, login, name, description, enabled } of rows)
          users.element('user', { id, login, name, title: name, descr: description, status: enabled ? 0 : 1 });
      });
    },
    async UserUpdate(call, args) {
      await saveOperator(call.tx, call, {
        id: args.rowId('id'),
        login: args.text('login'),
        name: args.text('name'),
        description: args.text('descr'),
        passwordMd5: args.text('user_pswd'),
      });
    },
    async MenuAndToolBar(call, _args, out) {
      const { id, login, name } = await findOperator(call.db, call.operatorId);
      out.root({ serverversion: RELEASES[call.profile] });
      const params = {
        'user.id': id,
        'user.login': login,
        'user.name': name,
        'server.name': PRODUCT,
        'server.timezone': call.settings.timeZone,
      };
      out.element('params', {}, (inside) => {
        for (const [key, value] of Object.entries(params)) inside.element('param', { key, value });
      });
      out.element('plugin_list');
    },
  },
};

export const bgsecureActions: ActionBinding = {
  module: 'admin.bgsecure',
  actions: {
    async GetAllModuleActions(call, _args, out) {
      for (const { id, title, groups } of call.rightsTree ?? BUILT_IN)
        out.element('actions', { id, title: title.ru }, (inside) => {
          for (const group of groups) writeGroup(inside, group);
        });
    },
  },
};

export const licviewActions: ActionBinding = {
  module: 'admin.licview',
  actions: {
    async LicView(_call, _args, out) {
      out.table(LICENCE.map((item) => ({ ...item })));
    },
  },
};

export const installerActions: ActionBinding = {
  module: 'installer',
  actions: {
    async GetInstalledModules(call, _args, out) {
      out.element('modules', {}, (modules) => {
        for (const { id, name, title } of MODULE_KINDS) modules.element('module', { id, title, ...versionOf(name, call.profile) });
      });
    },
    /** This server has no plugins. */
    async GetInstalledPlugins(_call, _args, out) {
      out.element('plugins');
    },
  },
};

export const aboutActions: ActionBinding = {
  module: 'service',
  actions: {
    async About(call, _args, out) {
      out.element('modules', {}, (modules) => {
        for (const { name } of MODULE_KINDS) modules.element('module', versionOf(name, call.profile));
      });
      out.element('server', versionOf(PRODUCT, call.profile));
    },
  },
};

import { needModule } from '../attach-modules.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { MODULE_KINDS } from '../module-kinds.ts';
import { RELEASES } from '../releases.ts';
import { type ModuleRow, moduleRows, modulesOfContract } from '../sql/modules.ts';
import { servicesOfModule } from '../sql/services.ts';

/** A kind of modules as it is installed on this server. */
const installedKinds = (call: Call) =>
  MODULE_KINDS.map(({ id, name, title }) => ({
    id,
    title,
    name,
    build: '',
    version: RELEASES[call.profile],
    enabled: true,
    packageClient: '',
    packageServer: '',
    type: 'module',
    clientExtensionMap: {},
    serverExtensionMap: {},
  }));

const titled = ({ id, title }: { id: number; title: string }) => ({ id, title });

const moduleBean = (call: Call, { id, name, title }: ModuleRow) => ({
  id,
  ID: id,
  title,
  name,
  configId: 0,
  installedModule: installedKinds(call).find((kind) => kind.name === name) ?? null,
  baseModule: null,
});

export const moduleService: Binding = {
  service: 'ModuleService',
  operations: {
    moduleList: async (call: Call) => (await moduleRows(call.db)).map((row) => moduleBean(call, row)),
    installedModuleList: async (call: Call) => installedKinds(call),
    contractModuleIds: async (call: Call, { contractId }: { contractId: number }) => {
      await findContract(call.db, call, contractId);
      return (await modulesOfContract(call.db, contractId)).map(({ id }) => id);
    },
    contractModules: async (call: Call, { contractId }: { contractId: number }) => {
      await findContract(call.db, call, contractId);
      return (await modulesOfContract(call.db, contractId)).map(titled);
    },
    moduleServiceList: async (call: Call, { moduleId }: { moduleId: number }) => {
      await needModule(call.db, moduleId);
      return (await servicesOfModule(call.db, moduleId)).map(titled);
    },
  },
};

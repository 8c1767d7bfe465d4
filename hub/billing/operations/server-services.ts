import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { LICENCE } from '../licence.ts';
import { isModuleKind } from '../module-kinds.ts';
import { pageBean, wishOf } from '../page.ts';
import { tasksOf } from '../scheduled-tasks.ts';
import { directoryVersion } from '../sql/directory-version.ts';
import { moduleRows } from '../sql/modules.ts';

// Services about the server itself (catalogue 4.5 and 4.7), a few operations each.

/** One number stands for all directories: a program that asks more often than it must is still right. */
export const directoryService: Binding = {
  service: 'DirectoryService',
  operations: {
    getVersion: async (call) => BigInt((await directoryVersion(call.db))[0]?.version ?? 0),
  },
};

export const licenseService: Binding = {
  service: 'LicenseService',
  operations: { getCurrentLicense: async () => LICENCE },
};

/** This server has no plugins. */
export const plugincfgService: Binding = {
  service: 'PlugincfgService',
  operations: { getPlugins: async () => [] },
};

/** The kind of module that is meant by the number of an instance or by its name; 0 is none, '' does not matter. @throws HubError BAD_REQUEST */
async function moduleOfTasks(call: Call, moduleId: string): Promise<string | undefined> {
  if (moduleId === '') return undefined;
  if (moduleId === '0') return '';
  if (isModuleKind(moduleId)) return moduleId;
  const found = (await moduleRows(call.db)).find(({ id }) => String(id) === moduleId);
  if (found) return found.name;
  throw badValue('moduleId', 'it is no number of a module', 'нет модуля с таким номером');
}

export const schedulerService: Binding = {
  service: 'SchedulerService',
  operations: {
    getAvailableSchedulerTasks: async (call, { moduleId }: { moduleId: string | null }) =>
      tasksOf(await moduleOfTasks(call, moduleId?.trim() ?? '')).map(({ code, title }) => ({ first: code, second: title })),
  },
};

/** No code of others runs here, so there are no classes of it. */
export const dynamicCodeService: Binding = {
  service: 'DynamicCodeService',
  operations: { getDynamicClasses: async () => [] },
};

/** Sessions are known to an access server, which this hub is not. */
export const inetSessionService: Binding = {
  service: 'InetSessionService',
  operations: {
    async inetSessionAliveList(_call, { page }: { page: { readonly pageIndex: number; readonly pageSize: number } | null }) {
      return { data: [], page: pageBean(wishOf(page), 0), attributes: null };
    },
  },
};

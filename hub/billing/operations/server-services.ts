import type { Binding } from '../catalogue/descriptor.ts';
import { LICENCE } from '../licence.ts';
import { pageBean, wishOf } from '../page.ts';
import { SCHEDULED_TASKS } from '../scheduled-tasks.ts';
import { directoryVersion } from '../sql/directory-version.ts';

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

export const schedulerService: Binding = {
  service: 'SchedulerService',
  operations: {
    getAvailableSchedulerTasks: async () => SCHEDULED_TASKS.map(({ code, title }) => ({ first: code, second: title })),
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

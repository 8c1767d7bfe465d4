import type { Route } from '../../core/http/route.ts';
import { fileRoutes } from './files.ts';
import { groupRoutes } from './groups.ts';
import { listRoutes } from './lists.ts';
import { messageRoutes } from './messages.ts';
import { peopleRoutes } from './people.ts';
import { peopleTableRoutes } from './people-tables.ts';
import type { DirectoryPorts } from './ports.ts';
import { taskRoutes } from './tasks.ts';

/** REST of all that operators keep: people, groups, lists, messages, files and tasks. */
export const directoryRoutes = (ports: DirectoryPorts): Route[] => [
  ...groupRoutes(ports),
  ...listRoutes(ports),
  ...peopleRoutes(ports),
  ...peopleTableRoutes(ports),
  ...messageRoutes(ports),
  ...fileRoutes(ports),
  ...taskRoutes(ports),
];

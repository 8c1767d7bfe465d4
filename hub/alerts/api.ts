import { authenticate } from '../core/http/authenticate.ts';
import type { Route } from '../core/http/route.ts';
import type { ServePorts } from '../core/module.ts';
import { channelRoutes } from './api/channels.ts';
import { directoryRoutes } from './api/directory.ts';
import { withLineCodes } from './api/line-codes.ts';
import type { DirectoryPorts } from './api/ports.ts';
import { reportRoutes } from './api/reports.ts';
import { ruleRoutes } from './api/rules.ts';
import { runStreamRoutes } from './api/run-stream.ts';
import { runRoutes } from './api/runs.ts';
import { settingRoutes } from './api/settings.ts';
import { speechRoutes } from './api/speech.ts';
import type { ChannelKinds } from './channels/channel-kind.ts';
import type { LiveSettings } from './live-settings.ts';
import type { RunWatch } from './watch-runs.ts';
import type { ReportFormat } from './write-report.ts';

/** What of the running alerts the routes work with. */
export interface AlertRoutePorts {
  readonly live: LiveSettings;
  readonly watch: RunWatch;
  readonly kinds: ChannelKinds;
}

/** What of the hub they work with. */
type HubRoutePorts = Pick<ServePorts, 'database' | 'events' | 'secretKey' | 'configuration' | 'authentication'>;

/** REST of the alerts, below /api/v1/alerts (specification of alerts, chapter 7). */
export function alertRoutes(
  { database, events, secretKey, configuration, authentication }: HubRoutePorts,
  { live, watch, kinds }: AlertRoutePorts,
): readonly Route[] {
  const ports: DirectoryPorts = {
    database,
    act: (caller) => ({ caller, settings: live.current(), secretKey, now: Temporal.Now.instant() }),
  };
  const format = (): ReportFormat => (live.current().reportFormat === 'XLS' ? 'xls' : 'html');
  const usual = () => ({ language: configuration.language, zone: live.current().zone, format: format() });
  return withLineCodes([
    ...directoryRoutes(ports),
    ...speechRoutes(ports),
    ...runRoutes({ ...ports, authentication }),
    ...reportRoutes({ database, usual }),
    ...runStreamRoutes({ database, watch, authenticate: (request) => authenticate(request, authentication) }),
    ...channelRoutes({ ...ports, kinds }),
    ...settingRoutes(live),
    ...ruleRoutes({ ...ports, events }),
  ]);
}

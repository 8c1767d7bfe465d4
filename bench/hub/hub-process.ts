import { loadConfiguration } from '@vestnik/hub/config.ts';
import { startHub } from '@vestnik/hub/hub.ts';

/** A hub as a process of its own, so that its work and the measuring do not share a thread. Speaks with its parent by IPC. */
const hub = await startHub(loadConfiguration({ cwd: process.cwd(), environment: process.env }));
const { embedded } = hub.ground;
process.send?.({ addresses: hub.addresses, administrator: hub.administrator, databaseUrl: embedded?.url, databasePid: embedded?.pid });
process.on('disconnect', () => void hub.stop().then(() => process.exit(0)));

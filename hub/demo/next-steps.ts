import { join } from 'node:path';
import type { Hub } from '../hub.ts';
import type { Agency } from './agency.ts';
import type { Stage } from './stage.ts';
import type { Say } from './texts.ts';

/** Where everything listens, and commands that are worth trying while it does. @param folder of the demonstration. */
export function showAddresses(hub: Hub, agency: Agency, stage: Stage, say: Say, folder: string): void {
  const rest = hub.addresses['http'] ?? '';
  const { login, password } = hub.administrator ?? { login: '-', password: '-' };
  stage.text(`\n${say('addresses')}`);
  stage.table([
    [say('rest'), `${rest}/api/v1/docs`],
    [say('billingDocs'), `${rest}/executer/docs`],
    [say('metrics'), `${rest}/metrics`],
    [say('feed'), `https://${hub.addresses['feed']}`],
    [say('line'), hub.addresses['line'] ?? '-'],
    [say('administrator'), `${login} / ${password}`],
  ]);
  const own = `VESTNIK_DATA_FOLDER='${join(folder, 'hub')}' npm run vestnik --`;
  stage.text(`\n${say('tryThese')}`);
  stage.text(`  curl -u '${login}:${password}' ${rest}/api/v1/tickets/clients`);
  stage.text(`  curl '${rest}/executer?user=desk&pswd=demo-desk&module=contract&action=ContractInfo&cid=1'`);
  stage.text(`  ${own} tickets mailbox agency-17`);
  stage.text(`  npm run vestnik -- tickets check '${agency.storage}'`);
  stage.text(`  ${own} callbacks deliveries list --state waiting`);
  stage.text(`  ${own} callbacks deliveries bytes 1`);
  stage.text(`  ${own} alerts person list --limit 5`);
}

import { createSmsc } from '@vestnik/hub/alerts/smsc/smsc.ts';

/**
 * The message centre that both sides send to, a process of its own; its arguments are the accounts, as receipts go to any client of an account. Whatever it is
 * asked, it answers how many parts it has taken so far.
 */
const smsc = createSmsc({ accounts: process.argv.slice(2).map((systemId) => ({ systemId, password: '' })), keep: 100 });
await smsc.start();
process.send?.({ port: smsc.port });
process.on('message', () => process.send?.({ taken: smsc.taken() }));
process.on('disconnect', () => process.exit(0));

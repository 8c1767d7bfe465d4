import { lockFolder } from '../../folder-lock.ts';

/** Child of folder-lock.test.ts: takes the lock, says whether it got it, and keeps it as long as it lives. */
const lock = await lockFolder(process.argv[2] as string, process.argv[3]);
process.stdout.write(lock ? 'held\n' : 'refused\n');
if (lock) setInterval(() => undefined, 60_000);

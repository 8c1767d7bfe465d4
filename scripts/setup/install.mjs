import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join, sep } from 'node:path';
import process from 'node:process';
import { npmFailure, SetupFailure } from './failure.mjs';
import { takeLock } from './lock.mjs';

/**
 * Keeps node_modules at what package-lock.json says.
 *
 * States of a checkout: missing or outdated -> locked -> `npm ci` -> checked -> stamped. The stamp is a file inside node_modules, so it goes
 * when node_modules goes; an interrupted `npm ci` leaves none. Packages that somebody installed with npm by hand are recognised and stamped.
 */
const STAMP = '.vestnik-setup.json';
const LOCK = '.setup-lock';
/** npm's own record of what it installed; it writes it last. */
const RECORD = join('node_modules', '.package-lock.json');
const LOCK_DEADLINE = 15 * 60_000;
/** How much of npm's output is kept for a failure. Characters. */
const KEPT_OUTPUT = 200_000;

const windows = process.platform === 'win32';

/** Settings that must hold whatever the person's npm configuration says: it may omit development packages or refuse other Nodes than ours. */
const NPM_CI = [
  'ci',
  '--include=dev',
  '--include=optional',
  '--engine-strict=false',
  '--global=false',
  '--dry-run=false',
  '--package-lock=true',
  '--foreground-scripts=false',
  '--audit=false',
  '--fund=false',
];

/** What npm tells the scripts it runs, and would believe itself: it would then work in another folder or on one workspace only. */
const NPM_CONTEXT =
  /^npm_(config_(local_prefix|prefix_override|workspaces?|include_workspace_root|omit|only|production)|package_|lifecycle_|command$)/i;

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry */

/** The Node that Vestnik runs on. @param {string} root */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
}

/** @param {string} root */
function lockDigest(root) {
  const platform = `${process.platform}-${process.arch}`;
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(platform)
    .digest('hex');
}

/** @param {string} file @returns {unknown} undefined when it is missing or damaged */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * True when npm's own record of node_modules holds every package of package-lock.json. Optional ones may be missing: they are mostly
 * those of other systems.
 * @param {string} root
 */
function fitsLock(root) {
  const wanted = /** @type {{ packages?: Record<string, LockEntry> } | undefined} */ (readJson(join(root, 'package-lock.json')))?.packages;
  const there = /** @type {{ packages?: Record<string, LockEntry> } | undefined} */ (readJson(join(root, RECORD)))?.packages;
  if (!wanted || !there) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = there[path];
    if (!found) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return entry.link === true ? found.link === true : found.version === entry.version;
  });
}

/** @param {string} root */
function writeStamp(root) {
  try {
    writeFileSync(join(root, 'node_modules', STAMP), JSON.stringify({ digest: lockDigest(root) }));
  } catch (error) {
    // A checkout that this user may only read: the slower comparison is made each time.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code))) throw error;
  }
}

/** @param {string} root */
export function isInstalled(root) {
  if (!existsSync(pinnedNode(root))) return false;
  const stamp = /** @type {{ digest?: string } | undefined} */ (readJson(join(root, 'node_modules', STAMP)));
  if (stamp?.digest === lockDigest(root)) return true;
  if (!fitsLock(root)) return false;
  writeStamp(root);
  return true;
}

/**
 * How to start npm so that it does not stand on what it is about to delete: never with the Node inside this node_modules.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
function npmCommand(root, env) {
  const ours = join(root, 'node_modules') + sep;
  const cli = env['npm_execpath'];
  if (cli && basename(cli) === 'npm-cli.js' && !cli.startsWith(ours) && !process.execPath.startsWith(ours) && existsSync(cli)) {
    return { command: process.execPath, before: [cli], shell: false };
  }
  return { command: windows ? 'npm.cmd' : 'npm', before: [], shell: windows };
}

/** The environment for npm: without what an outer npm put there, and without this checkout's programs on the path. @param {string} root */
function npmEnvironment(root) {
  const ours = join(root, 'node_modules') + sep;
  /** @type {NodeJS.ProcessEnv} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (NPM_CONTEXT.test(name) || value === undefined) continue;
    env[name] =
      name.toUpperCase() === 'PATH'
        ? value
            .split(delimiter)
            .filter((folder) => !`${folder}${sep}`.startsWith(ours))
            .join(delimiter)
        : value;
  }
  return env;
}

/**
 * @param {string} root
 * @param {(text: string) => void} say
 */
async function npmCi(root, say) {
  const begin = Date.now();
  const seconds = () => Math.round((Date.now() - begin) / 1000);
  const title = 'Installing the packages (npm ci)';
  const live = process.stderr.isTTY === true;
  say(live ? title : `${title} ...\n`);
  const ticker = live ? setInterval(() => say(`\r${title} ... ${seconds()} s`), 1_000) : undefined;
  const env = npmEnvironment(root);
  const { command, before, shell } = npmCommand(root, env);
  let output = '';
  /** @type {NodeJS.Signals | undefined} */
  let interruptedBy;
  const child = spawn(command, [...before, ...NPM_CI], { cwd: root, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    });
  }
  /** @param {NodeJS.Signals} signal */
  const interrupt = (signal) => {
    interruptedBy = signal;
    child.kill(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (interruptedBy)
      throw new SetupFailure(`The installation was interrupted (${interruptedBy}).`, 'Repeat the command; it begins anew.', 130);
    if (code !== 0) throw npmFailure(output, code);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    throw new SetupFailure(
      'There is no npm on the path, which installs the packages.',
      'Install Node with npm (https://nodejs.org), then repeat the command.',
    );
  } finally {
    clearInterval(ticker);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (live) say('\r\x1b[K');
  }
  checkNode(root);
  say(`The packages are installed (${seconds()} s).\n`);
}

/** The Node that was installed must run here. @param {string} root */
function checkNode(root) {
  const node = pinnedNode(root);
  if (!existsSync(node)) {
    throw new SetupFailure(
      `The packages are installed, but not the Node that Vestnik runs on (${node}): its install script did not run.`,
      'npm is set to skip install scripts (npm config get ignore-scripts). Run: npm rebuild --ignore-scripts=false node. Then repeat the command.',
    );
  }
  const { status, stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    throw new SetupFailure(
      `The Node that Vestnik runs on does not start here: ${why}`,
      'It needs glibc 2.28 or newer on Linux (Alpine has another C library), macOS 13.5 or Windows 10.',
    );
  }
}

/**
 * Installs the packages when they are missing or package-lock.json has changed. Two at once do not disturb each other.
 * @param {string} root the checkout
 * @param {(text: string) => void} say for progress
 * @param {{ replace: boolean }} options replace: false leaves outdated packages alone, with a word, because `npm ci` would pull them from
 *   under a hub that runs from this checkout; missing ones are installed all the same
 * @throws {SetupFailure}
 */
export async function ensureInstalled(root, say, { replace }) {
  if (isInstalled(root)) return;
  if (!replace && existsSync(pinnedNode(root)) && existsSync(join(root, RECORD))) {
    say('The packages are not those of package-lock.json. Stop what runs from this checkout, then bring them up to date: npm run setup\n');
    return;
  }
  let told = false;
  const release = await takeLock(join(root, LOCK), {
    deadline: LOCK_DEADLINE,
    onWait: () => {
      if (!told) say('Waiting for another set-up of this checkout to end ...\n');
      told = true;
    },
  });
  try {
    if (isInstalled(root)) return;
    await npmCi(root, say);
    writeStamp(root);
  } finally {
    release();
  }
}

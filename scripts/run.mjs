// The front door: `node scripts/run.mjs VERB [ARGS]`, which every npm script calls. Runs on Node 20 with nothing installed, makes sure that
// the packages are there, then hands over to the pinned Node 26 of node_modules. Plain JavaScript for that reason, checked by tsc.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runChild } from './setup/child.mjs';
import { SetupFailure } from './setup/failure.mjs';
import { ensureInstalled, pinnedNode } from './setup/install.mjs';
import { runTests } from './setup/tests.mjs';

const OLDEST_NODE = 20;

/**
 * What a verb starts. `entry` is a file below the root, run by the pinned Node; arguments of the caller follow `args`. A verb that works on
 * the checkout runs in its root; the others run where the caller is, because their arguments may be paths. `replace` says
 * whether outdated packages are replaced before: not by verbs that people use beside a running hub.
 * `flags` are those of Node itself.
 * @typedef {{ entry: string, args: string[], where: 'root' | 'caller', replace: boolean, help: string, flags?: string[] }} Verb
 */

/**
 * Megabytes in which new objects live before they count as old: what a delivery needs lives as long as its request, and dies there for nothing. The
 * same stands in the first line of hub/main.ts, for those who start it without npm.
 */
const HUB_FLAGS = ['--max-semi-space-size=64'];

/** @type {Record<string, Verb>} */
const VERBS = {
  demo: { entry: 'hub/main.ts', args: ['demo'], where: 'caller', replace: true, help: 'shows what Vestnik does (--once ends by itself)' },
  serve: { entry: 'hub/main.ts', args: ['serve'], where: 'caller', replace: false, help: 'runs the hub', flags: HUB_FLAGS },
  cli: { entry: 'hub/main.ts', args: [], where: 'caller', replace: false, help: 'any command of the hub, such as: cli operator list' },
  test: {
    entry: 'node_modules/vitest/vitest.mjs',
    args: ['run'],
    where: 'root',
    replace: true,
    help: 'runs the tests (names of files narrow them)',
  },
  check: {
    entry: 'scripts/check/main.ts',
    args: [],
    where: 'root',
    replace: true,
    help: 'types, style, boundaries, unused code, generated pages',
  },
  docs: { entry: 'scripts/docs/main.ts', args: [], where: 'root', replace: true, help: 'writes the generated pages' },
  bench: { entry: 'bench/main.ts', args: [], where: 'root', replace: true, help: 'runs a benchmark, such as: bench feed' },
  setup: { entry: '', args: [], where: 'root', replace: true, help: 'installs the packages and nothing else' },
};

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** @param {string} text */
const say = (text) => process.stderr.write(text);

function usage() {
  const lines = Object.entries(VERBS).map(([name, { help }]) => `  ${name.padEnd(7)} ${help}`);
  return `Use: node scripts/run.mjs VERB [ARGUMENTS]\n${lines.join('\n')}\n`;
}

/** The caller's environment, with the pinned Node first on the path, so that whatever is started further down finds it. */
function childEnvironment() {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [key]: [join(root, 'node_modules', '.bin'), process.env[key]].filter(Boolean).join(delimiter) };
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>} the exit code
 */
async function main([name = '', ...rest]) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    say(
      `Node ${process.versions.node} is too old for the set-up: install Node ${OLDEST_NODE} or newer, which then fetches the version that Vestnik runs on.\n`,
    );
    return 1;
  }
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (/^(--help|-h|help)$/.test(name)) {
    process.stdout.write(usage());
    return 0;
  }
  if (!verb) {
    say(name === '' ? usage() : `There is no verb "${name}".\n${usage()}`);
    return 2;
  }
  await ensureInstalled(root, say, verb);
  if (name === 'setup') {
    say('The packages are installed.\n');
    return 0;
  }
  const entry = join(root, verb.entry);
  if (!existsSync(entry)) throw new SetupFailure(`${verb.entry} is missing in ${root}`, 'Restore it: git checkout -- .');
  const options = { cwd: verb.where === 'root' ? root : process.cwd(), env: childEnvironment() };
  const args = [...(verb.flags ?? []), entry, ...verb.args, ...rest];
  return name === 'test' ? runTests(pinnedNode(root), args, { ...options, root, say }) : runChild(pinnedNode(root), args, options);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  say(`${error.message}\n${error.nextStep}\n`);
  process.exitCode = error.exitCode;
}

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs whose output a page may show, and their files. */
const PROGRAMS: Readonly<Record<string, string>> = { vestnik: 'hub/main.ts', Stat_Client: 'client/main.ts' };

/** `<!-- output of: vestnik --help -->`, a fenced block, `<!-- end of output -->`. */
const BLOCK = /(<!-- output of: (?<program>\w+)(?<args>[^>]*?) -->\n)[\s\S]*?(<!-- end of output -->)/g;

function outputOf(root: string, program: string, args: string): string {
  const entry = PROGRAMS[program];
  if (entry === undefined) throw new Error(`"${program}" is no program whose output a page can show: ${Object.keys(PROGRAMS).join(', ')}`);
  // The same everywhere, whatever this terminal and its language are.
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8', NO_COLOR: '1', VESTNIK_LANGUAGE: 'en' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, entry), ...args.split(' ').filter(Boolean)], {
    cwd: root,
    encoding: 'utf8',
    env,
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(`${program}${args} ended with ${status}: ${stderr.trim()}`);
  return stdout.trimEnd();
}

/** The pages of people that show what a program prints between two marks, as they would have to be now. */
export function renderOutputs(root: string): { path: string; text: string }[] {
  return ['README.md', ...globSync('docs/**/*.md', { cwd: root })]
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path: path.replaceAll('\\', '/'), source: readFileSync(join(root, path), 'utf8') }))
    .filter(({ source }) => source.includes('<!-- output of: '))
    .map(({ path, source }) => ({
      path,
      text: source.replace(BLOCK, (_block, begin: string, program: string, args: string, end: string) => {
        return `${begin}\`\`\`text\n${outputOf(root, program, args)}\n\`\`\`\n${end}`;
      }),
    }));
}

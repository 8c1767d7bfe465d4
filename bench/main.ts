import { existsSync, readdirSync } from 'node:fs';

/** `npm run bench -- <scenario> [options]`: a scenario is a folder here with a main.ts that exports `run`. */
const here = new URL('./', import.meta.url);
const scenarios = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/main.ts`, here)))
  .map((entry) => entry.name);

const [name, ...options] = process.argv.slice(2);
if (!name || !scenarios.includes(name)) {
  process.stderr.write(`Use: npm run bench -- SCENARIO [OPTIONS]\nScenarios: ${scenarios.join(', ')}\n`);
  process.exit(2);
}
const scenario = (await import(new URL(`${name}/main.ts`, here).href)) as { run(options: readonly string[]): Promise<void> };
await scenario.run(options);

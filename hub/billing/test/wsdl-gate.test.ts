import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProgram } from '../../../scripts/setup/programs.mjs';
import { createFolder, type Folder } from '../../../test/support/folder.ts';
import { requires } from '../../../test/support/requires.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { wsdlOf } from '../wire/soap/wsdl.ts';

// The checklist of compatibility, 8: every WSDL loads in stacks that are not ours, and each sees every operation.

const run = promisify(execFile);
const registry = createRegistry(CATALOGUE, [], []);
const WANTED = Object.fromEntries(
  registry.services.map(({ service }) => [service.name, service.operations.map(({ name }) => name).sort()]),
);

let folder: Folder;
beforeAll(() => {
  folder = createFolder('wsdl');
  for (const served of registry.services) writeFileSync(folder.at(`${served.service.name}.wsdl`), wsdlOf(served)('http://127.0.0.1:1/x'));
});
afterAll(() => folder.remove());

const ZEEP = `
import glob, json, os, sys, zeep
print(json.dumps({os.path.basename(f)[:-5]: sorted(zeep.Client(f).service._binding._operations) for f in glob.glob(sys.argv[1] + '/*.wsdl')}))
`;
const SUDS = `
import glob, json, os, sys, suds.client
from suds.cache import NoCache
def names(f):
    definitions = suds.client.Client('file://' + f, cache=NoCache())
    str(definitions)
    return sorted(definitions.wsdl.services[0].ports[0].methods)
print(json.dumps({os.path.basename(f)[:-5]: names(f) for f in glob.glob(sys.argv[1] + '/*.wsdl')}))
`;
const PHP = `
$all = [];
foreach (glob($argv[1] . '/*.wsdl') as $file) {
  $client = new SoapClient($file, ['cache_wsdl' => WSDL_CACHE_NONE]);
  $names = [];
  foreach ($client->__getFunctions() as $function) if (preg_match('/ (\\w+)\\(/', $function, $found)) $names[] = $found[1];
  $client->__getTypes();
  $names = array_values(array_unique($names));
  sort($names, SORT_STRING);
  $all[basename($file, '.wsdl')] = $names;
}
echo json_encode($all);
`;

/** What a program printed, as JSON. */
async function operationsSeenBy(program: Parameters<typeof findProgram>[0], flag: string, code: string): Promise<unknown> {
  const { stdout } = await run(findProgram(program) ?? program, [flag, code, folder.path], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout);
}

requires('python3-zeep').test(
  'zeep sees every operation of every service',
  async () => {
    expect(await operationsSeenBy('python3-zeep', '-c', ZEEP)).toEqual(WANTED);
  },
  60_000,
);

requires('python3-suds').test(
  'suds sees every operation of every service',
  async () => {
    expect(await operationsSeenBy('python3-suds', '-c', SUDS)).toEqual(WANTED);
  },
  60_000,
);

requires('php-soap').test(
  'the SOAP client of PHP sees every operation of every service',
  async () => {
    expect(await operationsSeenBy('php-soap', '-r', PHP)).toEqual(WANTED);
  },
  60_000,
);

test('the text never changes by itself, and only the address by the request', () => {
  const again = createRegistry(CATALOGUE, [], []);
  for (const [at, served] of registry.services.entries()) {
    const [one, other] = [wsdlOf(served)('http://a/'), wsdlOf(again.services[at]!)('http://b/?x="<&')];
    expect(other.replace('http://b/?x=&quot;&lt;&amp;', 'http://a/')).toBe(one);
  }
});

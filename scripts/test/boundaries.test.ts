import { describe, expect, test } from 'vitest';
import { findViolations } from '../boundaries/findings.ts';
import { importsOf } from '../boundaries/imports.ts';

/** Checks a small house given as paths and texts; the findings as `path:line text`. */
function check(house: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(house).map(([path, source]) => ({ path, imports: importsOf(path, source) }));
  return findViolations(files).map(({ path, line, text }) => `${path}:${line} ${text}`);
}

describe('imports of a file', () => {
  test('every form, with its line and whether anything is left at run time', () => {
    const source = [
      "import { a } from './a.ts';",
      "import type { B } from './b.ts';",
      "import { type C, type D } from './c.ts';",
      "import { type E, f } from './e.ts';",
      "import './g.ts';",
      "export * from './h.ts';",
      "export type { I } from './i.ts';",
      "const j = await import('./j.ts');",
      "type K = import('./k.ts').K;",
      'const later = await import(j);',
    ].join('\n');
    expect(importsOf('x.ts', source)).toEqual([
      { specifier: './a.ts', line: 1, typeOnly: false },
      { specifier: './b.ts', line: 2, typeOnly: true },
      { specifier: './c.ts', line: 3, typeOnly: true },
      { specifier: './e.ts', line: 4, typeOnly: false },
      { specifier: './g.ts', line: 5, typeOnly: false },
      { specifier: './h.ts', line: 6, typeOnly: false },
      { specifier: './i.ts', line: 7, typeOnly: true },
      { specifier: './j.ts', line: 8, typeOnly: false },
      { specifier: './k.ts', line: 9, typeOnly: true },
    ]);
  });

  test('what looks like an import in a comment, a text, a template or a regular expression is none', () => {
    const source = [
      "// import { a } from './a.ts';",
      "/* import('./b.ts') */",
      'const text = "import { c } from \'./c.ts\'";',
      "const template = `import { d } from './d.ts'`;",
      "const pattern = /import { e } from '.\\/e.ts'/;",
    ].join('\n');
    expect(importsOf('x.ts', source)).toEqual([]);
  });

  test('a broken program is an error, not an empty list', () => {
    expect(() => importsOf('x.ts', 'import { from')).toThrow();
  });

  test('plain JavaScript is read, too', () => {
    expect(importsOf('x.mjs', "import a from './a.mjs';")).toEqual([{ specifier: './a.mjs', line: 1, typeOnly: false }]);
  });
});

describe('arrows that are right', () => {
  test('main -> hub -> modules -> core; faces -> use cases -> rules and sql', () => {
    expect(
      check({
        'hub/main.ts': "import './hub.ts'; import './commands/serve.ts';",
        'hub/commands/serve.ts': "import '../hub.ts';",
        'hub/hub.ts': "import './modules.ts'; import './core/errors.ts'; import './config.ts';",
        'hub/modules.ts': "import './tickets/index.ts'; import './billing/index.ts';",
        'hub/config.ts': "import { z } from 'zod';",
        'hub/tickets/index.ts': "import './api.ts'; import './sql/clients.ts';",
        'hub/tickets/api.ts': "import './add-client.ts'; import '../core/http/route.ts';",
        'hub/tickets/add-client.ts': "import './client.ts'; import './sql/clients.ts'; import '../core/events/publish.ts';",
        'hub/tickets/client.ts': "import '../core/errors.ts'; import type { Caller } from '../core/identity/caller.ts';",
        'hub/tickets/sql/clients.ts': "import '../../core/database/statement.ts'; import type { Client } from '../client.ts';",
        'hub/billing/index.ts': '',
        'hub/core/errors.ts': '',
        'hub/core/module.ts': "import type { Configuration } from '../config.ts';",
        'hub/core/database/database.ts': "import pg from 'pg'; import { readFile } from 'node:fs/promises';",
        'hub/core/telemetry/log.ts': "import pino from 'pino';",
        'hub/core/http/route.ts': '',
        'hub/core/events/publish.ts': "import '../database/statement.ts';",
        'hub/core/database/statement.ts': "import type pg from 'pg';",
        'hub/core/identity/caller.ts': '',
        'client/main.ts': "import '@vestnik/protocol/feed.ts'; import { readFile } from 'node:fs/promises'; console.log(1);",
        'protocol/feed.ts': "import './codec.ts';",
        'protocol/codec.ts': '',
        'test/end-to-end.test.ts':
          "import '../hub/tickets/index.ts'; import '../hub/billing/index.ts'; import '../client/main.ts'; import pg from 'pg';",
        'hub/tickets/test/client.test.ts': "import '../client.ts'; import '../../core/errors.ts'; import { readFileSync } from 'node:fs';",
        'bench/main.ts': "import '../hub/tickets/index.ts'; import '../hub/billing/index.ts';",
      }),
    ).toEqual([]);
  });

  test('types may make a circle, values may not', () => {
    expect(check({ 'client/a.ts': "import { b } from './b.ts';", 'client/b.ts': "import type { A } from './a.ts';" })).toEqual([]);
  });
});

/** Name, the importing file, its text, and what the finding must say. */
const WRONG: [string, string, string, RegExp][] = [
  [
    'the core knows no module',
    'hub/core/events/publish.ts',
    "import '../../tickets/client.ts';",
    /"core" may import nothing of "rules"; the core knows no module/,
  ],
  [
    'nor its types',
    'hub/core/events/publish.ts',
    "import type { Client } from '../../tickets/client.ts';",
    /"core" may import nothing of "rules"/,
  ],
  [
    'the core takes types only of the configuration',
    'hub/core/module.ts',
    "import { schema } from '../config.ts';",
    /only types \(import type\) of "configuration"/,
  ],
  [
    'modules never import each other',
    'hub/callbacks/send-callback.ts',
    "import '../tickets/client.ts';",
    /module callbacks knows nothing of module tickets/,
  ],
  [
    'not through their door either',
    'hub/callbacks/index.ts',
    "import '../tickets/index.ts';",
    /module callbacks knows nothing of module tickets/,
  ],
  [
    'nor do their tests',
    'hub/callbacks/test/a.test.ts',
    "import '../../tickets/index.ts';",
    /module callbacks knows nothing of module tickets/,
  ],
  [
    'rules read no files',
    'hub/tickets/routing.ts',
    "\nimport { readFile } from 'node:fs/promises';",
    /:2 imports node:fs\/promises: rules do no input or output/,
  ],
  ['also without the prefix', 'hub/tickets/control/codes.ts', "import net from 'net';", /imports net: rules do no input or output/],
  [
    'rules speak to no database',
    'hub/tickets/xml/writer.ts',
    "import { run } from '../../core/database/statement.ts';",
    /"rules" may import nothing of "database"/,
  ],
  ['rules call no use case', 'hub/tickets/routing.ts', "import './add-client.ts';", /"rules" may import nothing of "use cases"/],
  ['rules run no statement', 'hub/tickets/routing.ts', "import './sql/clients.ts';", /"rules" may import nothing of "sql"/],
  [
    'faces run no statement',
    'hub/tickets/api.ts',
    "import './sql/clients.ts';",
    /"faces" may import nothing of "sql"; a face translates only/,
  ],
  ['use cases know no face', 'hub/tickets/add-client.ts', "import './api.ts';", /"use cases" may import nothing of "faces"/],
  ['statements know no use case', 'hub/tickets/sql/clients.ts', "import '../add-client.ts';", /"sql" may import nothing of "use cases"/],
  [
    'the hub enters a module by its door',
    'hub/hub.ts',
    "import './tickets/add-client.ts';",
    /"hub" may import nothing of "use cases"; the hub knows modules by their index.ts/,
  ],
  ['the hub knows no command', 'hub/hub.ts', "import './commands/serve.ts';", /"hub" may import nothing of "main"/],
  [
    'the client knows no hub',
    'client/feed.ts',
    "import '../hub/core/errors.ts';",
    /"client" may import nothing of "errors"; move what hub and client share into protocol/,
  ],
  [
    'not by its package name',
    'client/feed.ts',
    "import '@vestnik/hub/core/errors.ts';",
    /imports @vestnik\/hub\/core\/errors.ts: "client" may import nothing/,
  ],
  [
    'nor does its test',
    'client/test/feed.test.ts',
    "import '../../hub/core/errors.ts';",
    /"tests of the client" may import nothing of "errors"/,
  ],
  ['the protocol knows no client', 'protocol/feed.ts', "import '../client/feed.ts';", /"protocol" may import nothing of "client"/],
  [
    'the protocol knows no Node',
    'protocol/feed.ts',
    "import { createHash } from 'node:crypto';",
    /imports node:crypto: protocol\/ is pure code/,
  ],
  ['nor by the old names', 'protocol/feed.ts', "import { Buffer } from 'buffer';", /imports buffer: protocol\/ is pure code/],
  [
    'only core/database has pg',
    'hub/tickets/add-client.ts',
    "import pg from 'pg';",
    /imports pg: only hub\/core\/database speaks to PostgreSQL/,
  ],
  [
    'only core/telemetry has pino',
    'hub/core/http/server.ts',
    "import pino from 'pino';",
    /imports pino: only hub\/core\/telemetry logs and counts/,
  ],
  ['and prom-client', 'hub/tickets/index.ts', "import prom from 'prom-client';", /imports prom-client: only hub\/core\/telemetry/],
  ['a dynamic import is an import', 'hub/tickets/routing.ts', "const fs = await import('node:fs');", /imports node:fs: rules do no input/],
  [
    'nothing leaves the rooms',
    'hub/tickets/routing.ts',
    "import '../../node_modules/zod/index.js';",
    /node_modules\/zod\/index.js lies in no room/,
  ],
];

describe('arrows that are wrong', () => {
  for (const [name, path, source, expected] of WRONG) {
    test(name, () => {
      const found = check({ [path]: source });
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(expected);
      expect(found[0]?.startsWith(`${path}:`)).toBe(true);
    });
  }

  test('a file in no room is told so', () => {
    expect(check({ 'misc/thing.ts': '' })).toEqual([expect.stringMatching(/^misc\/thing.ts:1 lies in no room/)]);
  });
});

describe('circles', () => {
  test('a circle of three is found once, at the line that closes it, with the whole way', () => {
    const found = check({
      'client/a.ts': "\nimport './b.ts';",
      'client/b.ts': "import './c.ts';",
      'client/c.ts': "import './a.ts'; import './d.ts';",
      'client/d.ts': '',
      'client/z.ts': "import './a.ts';",
    });
    expect(found).toEqual([
      'client/a.ts:2 is part of a circle of imports: client/a.ts -> client/b.ts -> client/c.ts -> client/a.ts; move what both need into a file below them',
    ]);
  });

  test('a file that imports itself', () => {
    expect(check({ 'client/a.ts': "import './a.ts';" })).toEqual([expect.stringContaining('client/a.ts -> client/a.ts')]);
  });

  test('two circles are two findings; a circle with two ways is one', () => {
    const found = check({
      'client/a.ts': "import './b.ts';",
      'client/b.ts': "import './a.ts';",
      'client/p.ts': "import './q.ts'; import './r.ts';",
      'client/q.ts': "import './p.ts';",
      'client/r.ts': "import './p.ts';",
    });
    expect(found).toHaveLength(2);
  });

  test('a long chain is no circle and does not exhaust the stack', () => {
    const house = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, n) => [`client/f${n}.ts`, n < 4_999 ? `import './f${n + 1}.ts';` : '']),
    );
    expect(check(house)).toEqual([]);
  });
});

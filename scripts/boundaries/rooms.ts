/**
 * The rooms of the house and who may look into which (DESIGN: main -> hub -> modules -> core). This table is the rule; findings.ts applies it.
 * The first room whose `files` fits a path is the file's room. A named group `module` in `files` keeps modules apart: an arrow
 * between rooms of modules holds inside one module only, unless the room says `acrossModules`.
 */
export interface Room {
  readonly name: string;
  readonly files: RegExp;
  /** Names of the rooms it may import from; its own is always among them. `'*'` means every room. */
  readonly sees: readonly string[];
  /** Rooms of which it may import types only. */
  readonly seesTypesOf?: readonly string[];
  readonly acrossModules?: boolean;
  /** Packages and modules of Node that it may not import, as values; types are free unless `packagesStrict`. */
  readonly bans?: readonly Ban[];
  /** What to do instead of a forbidden arrow. */
  readonly instead: string;
}

interface Ban {
  readonly packages: RegExp;
  readonly rule: string;
  readonly instead: string;
}

const MODULE = '^hub/(?<module>tickets|travel|callbacks|billing|alerts)/';
const inModule = (rest: string): RegExp => new RegExp(MODULE + rest);

/** Words that begin the file name of a use case, `<verb>-*.ts`. A new use case with another verb adds it here. */
const VERBS = [
  'acknowledge add allow apply approve attach authenticate block build cancel change charge check claim clear close compact complete',
  'confirm continue copy count create deactivate delete deliver detach distribute download draw drop edit end ensure enter erase',
  'exchange expand expire export find forget grant hold import issue join keep leave list load lock log mark merge move number',
  'open pay prepare publish pull purge put read rebuild receive record refresh refund register reject release reload',
  'remove rename renew replace replay report resend reset restart restore resume retry revoke rotate route run save',
  'search send set settle show sign start stop store submit subscribe sum suspend sweep take test undo unlock unsubscribe',
  'update upload validate verify void wake warn withdraw write disable enable lint preview project accrue activate react carry',
  'deactivate hide convert transfer compute retitle label plan require attempt feed tell sample watch hear raise',
]
  .join(' ')
  .replaceAll(' ', '|');

/** Files of a module that live as long as the hub does: they hold state, timers, threads, compiled things or a batcher, and end by a call. */
const LIVING =
  'alert-engine|allow-list|attachments|bin-gate|bins|channel-groups|channel-memory|deliveries|endpoint-table|event-memory|ingest|live-settings|maintenance|prepared-attempts|receipt-book|routing-table|run-book|tick-slot|timers|trip-feed|xml/validate|reports/[a-z0-9-]+';

const NODE_MODULE =
  /^(node:|(assert|buffer|child_process|cluster|crypto|dgram|dns|events|fs|http|http2|https|module|net|os|path|process|stream|timers|tls|url|util|worker_threads|zlib)(\/|$))/;
const INPUT_OUTPUT =
  /^((node:)?(fs|net|http|http2|https|tls|dgram|dns|child_process|cluster|worker_threads|readline|repl|sqlite)(\/.*)?|pg|undici|fastify|nodemailer|smpp|serialport)$/;

const ONLY_DATABASE: Ban = {
  packages: /^pg$/,
  rule: 'only hub/core/database speaks to PostgreSQL',
  instead: 'take a Transaction or Queryable as an argument and run a statement of sql/',
};
const ONLY_TELEMETRY: Ban = {
  packages: /^(pino|pino-pretty|prom-client)$/,
  rule: 'only hub/core/telemetry logs and counts',
  instead: 'publish on a diagnostics channel (hub/core/telemetry/channels.ts)',
};
const NO_INPUT_OUTPUT: Ban = {
  packages: INPUT_OUTPUT,
  rule: 'rules do no input or output',
  instead: 'let the caller read and write, and pass the result in; a use case is named <verb>-*.ts (verbs: scripts/boundaries/rooms.ts)',
};
const NO_NODE: Ban = {
  packages: NODE_MODULE,
  rule: 'protocol/ is pure code, for any JavaScript runtime',
  instead: 'let the hub or the client do it, and pass the result in',
};
const CORE = ['errors', 'core', 'statements of the core', 'database', 'telemetry', 'protocol'];
const HUB_BANS = [ONLY_DATABASE, ONLY_TELEMETRY];

export const ROOMS: readonly Room[] = [
  {
    name: 'tests of the protocol',
    files: /^protocol\/(.+\/)?test\//,
    sees: ['protocol', 'test helpers'],
    instead: 'put a test of several workspaces into test/',
  },
  {
    name: 'tests of the client',
    files: /^client\/(.+\/)?test\//,
    sees: ['client', 'protocol', 'test helpers'],
    instead: 'put a test of client and hub together into test/',
  },
  {
    name: 'test helpers',
    files: /^test\/support\/(?!database|global-setup|client-process|callbacks-hub|steered-receiver|alerts-duty|alerts-session)/,
    sees: ['scripts', 'protocol'],
    instead: 'put what needs the hub into a file of its own',
  },
  {
    name: 'tests of a module',
    files: inModule('(.+/)?test/'),
    sees: ['*'],
    instead: 'put a test of several modules into test/',
  },
  { name: 'tests', files: /^(test|(hub|bench|scripts)\/(.+\/)?test)\//, sees: ['*'], acrossModules: true, instead: '' },

  { name: 'protocol', files: /^protocol\//, sees: [], bans: [NO_NODE], instead: 'protocol/ stands alone: move what both need into it' },
  { name: 'client', files: /^client\//, sees: ['protocol'], bans: HUB_BANS, instead: 'move what hub and client share into protocol/' },
  { name: 'console', files: /^console\//, sees: ['protocol'], instead: "use the hub's REST interface" },
  { name: 'bench', files: /^bench\//, sees: ['*'], acrossModules: true, instead: '' },
  { name: 'scripts', files: /^(scripts\/|[^/]+\.config\.ts$)/, sees: ['*'], acrossModules: true, instead: '' },

  { name: 'errors', files: /^hub\/core\/errors\.ts$/, sees: [], bans: [NO_INPUT_OUTPUT], instead: 'the table of errors stands alone' },
  {
    name: 'telemetry',
    files: /^hub\/core\/telemetry\//,
    sees: CORE,
    seesTypesOf: ['configuration'],
    bans: [ONLY_DATABASE],
    instead: 'the core knows no module: let the module hand it over at start',
  },
  {
    name: 'database',
    files: /^hub\/core\/database\//,
    sees: CORE,
    seesTypesOf: ['configuration'],
    bans: [ONLY_TELEMETRY],
    instead: 'the core knows no module: let the module hand it over at start',
  },
  {
    name: 'statements of the core',
    files: /^hub\/core\/[a-z]+\/sql\//,
    sees: ['database', 'protocol', 'errors'],
    seesTypesOf: ['core'],
    bans: HUB_BANS,
    instead: 'a statement knows rows only',
  },
  {
    name: 'core',
    files: /^hub\/core\//,
    sees: CORE,
    seesTypesOf: ['configuration'],
    bans: HUB_BANS,
    instead: 'the core knows no module: let the module hand it over at start',
  },
  {
    name: 'configuration',
    files: /^hub\/config(\.ts$|\/)/,
    sees: CORE,
    bans: HUB_BANS,
    instead: 'the schema stands alone: put the rule beside it, or into core/',
  },

  {
    name: 'module',
    files: inModule('(index|serving|metrics)\\.ts$'),
    sees: ['rules', 'sql', 'use cases', 'living parts', 'protocol folders', 'catalogue', 'operations', 'faces', ...CORE, 'configuration'],
    bans: HUB_BANS,
    instead: 'modules meet through events and through what hub.ts hands them',
  },
  {
    name: 'faces',
    files: inModule('((.+-)?api|commands)(\\.ts$|/)'),
    sees: ['rules', 'catalogue', 'use cases', 'living parts', 'protocol folders', ...CORE, 'configuration'],
    bans: HUB_BANS,
    instead: 'a face translates only: call a use case, which runs the statements',
  },
  {
    name: 'protocol folders',
    files: inModule(
      '(feed/|line/|wire/(?!texts\\.ts$)|channels/(?!(?:driver|channel-kind|long-messages|sms-text)\\.ts$)|smsc/|mail-sink/|journal/|call-console/|site-services/)',
    ),
    sees: ['rules', 'catalogue', 'sql', 'use cases', 'living parts', ...CORE, 'configuration'],
    bans: HUB_BANS,
    instead: 'what another face needs too is a use case or a rule',
  },
  {
    name: 'catalogue',
    files: inModule('catalogue/(?!bindings)'),
    sees: ['rules'],
    seesTypesOf: ['core', 'database', 'configuration'],
    bans: [NO_INPUT_OUTPUT, ...HUB_BANS],
    instead: 'the catalogue describes operations; operations/ and actions/ bind them to use cases',
  },
  {
    name: 'operations',
    files: inModule('((operations|actions)/|catalogue/bindings)'),
    sees: ['rules', 'catalogue', 'sql', 'use cases', 'living parts', ...CORE, 'configuration'],
    bans: HUB_BANS,
    instead: 'a binding is thin: what another operation needs too is a use case or a rule',
  },
  {
    name: 'sql',
    files: inModule('sql/'),
    sees: ['rules', 'statements of the core', 'database', 'protocol', 'errors'],
    seesTypesOf: ['core'],
    bans: HUB_BANS,
    instead: 'a statement knows rules and rows only',
  },
  {
    name: 'use cases',
    files: inModule(`((engine/)?(${VERBS})-[a-z0-9-]+\\.ts$|directories/)`),
    sees: ['rules', 'sql', 'living parts', ...CORE, 'configuration'],
    bans: HUB_BANS,
    instead: 'pass it in as a function, or publish an event',
  },
  {
    name: 'living parts',
    files: inModule(`(engine/)?(${LIVING})\\.ts$`),
    sees: ['rules', 'sql', 'use cases', ...CORE, 'configuration'],
    bans: HUB_BANS,
    instead: 'pass it in as a function, or publish an event',
  },
  {
    name: 'rules',
    files: inModule(''),
    sees: ['protocol', 'errors'],
    seesTypesOf: ['core', 'configuration'],
    bans: [NO_INPUT_OUTPUT, ...HUB_BANS],
    instead: 'rules are pure: a use case (<verb>-*.ts; verbs in scripts/boundaries/rooms.ts) loads, decides by the rule, and writes',
  },

  {
    name: 'hub',
    files: /^hub\/(hub|ground|modules|version)\.ts$/,
    sees: ['module', ...CORE, 'configuration'],
    acrossModules: true,
    bans: HUB_BANS,
    instead: 'the hub knows modules by their index.ts',
  },
  {
    name: 'demo',
    files: /^hub\/demo\//,
    sees: ['main', 'hub', 'module', 'rules', 'use cases', 'protocol folders', ...CORE, 'configuration'],
    acrossModules: true,
    bans: HUB_BANS,
    instead: 'the demo does what an administrator does: it calls use cases and listens at the faces',
  },
  {
    name: 'main',
    files: /^hub\//,
    sees: ['hub', 'demo', 'module', 'rules', 'catalogue', ...CORE, 'configuration'],
    acrossModules: true,
    bans: HUB_BANS,
    instead: 'start the hub and use what it hands out',
  },
];

import type { CommandRow } from './command.ts';
import { ADMINISTRATION } from './commands/administration.ts';
import { CHANNELS } from './commands/channels.ts';
import { DIRECTORY } from './commands/directory.ts';
import { MESSAGES } from './commands/messages.ts';
import { SESSION } from './commands/session.ts';
import { TASKS } from './commands/tasks.ts';
import type { LineErrorCode } from './errors.ts';

const ROWS = [...SESSION, ...ADMINISTRATION, ...TASKS, ...DIRECTORY, ...MESSAGES, ...CHANNELS] as const;

export type CommandName = (typeof ROWS)[number]['name'];

/** Names in brackets: `<a> [b]` and `<` are `a`. */
type NamesIn<S extends string, Open extends string, Close extends string> = S extends `${infer First} ${infer Rest}`
  ? NamesIn<First, Open, Close> | NamesIn<Rest, Open, Close>
  : S extends `${Open}${infer Name}${Close}`
    ? Name
    : never;

/** The parameters of a line that is written so, by their names. */
type Named<S extends string> = { readonly [N in NamesIn<S, '<', '>'>]: string } & { readonly [N in NamesIn<S, '[', ']'>]?: string };

type RowOf<N extends CommandName> = Extract<(typeof ROWS)[number], { readonly name: N }>;

/** Parameters of a command of one line. Their places are in its row and nowhere else. */
export type RequestOf<N extends CommandName> = RowOf<N> extends { readonly request: infer S extends string } ? Named<S> : never;

/** Parameters of a line of a command of several, by the first word of the line. */
export type PartOf<N extends CommandName, P extends string> =
  RowOf<N> extends { readonly block: { readonly [Part in P]: infer S extends string } } ? Named<S> : never;

/** Parameters of a line by the names of its row. */
export type NamedValues = Readonly<Record<string, string>>;

/** How many parameters a line may have, and their names. */
export interface Parameters {
  /** As the row writes them, with their brackets. */
  readonly names: readonly string[];
  readonly keys: readonly string[];
  readonly least: number;
  readonly most: number;
}

/** One of the 52 commands, ready to be served: its row, and the counts made from it. */
export interface Command {
  /** Row of chapter 3 of the specification, from 1. */
  readonly number: number;
  readonly name: CommandName;
  readonly aliases: readonly string[];
  /** Of a request of one line; undefined for one of several. */
  readonly request: Parameters | undefined;
  /** Of a request of several lines, by the first word of a line; undefined for one of one line. */
  readonly block: ReadonlyMap<string, Parameters> | undefined;
  readonly answer: readonly string[];
  readonly answersAs: string;
  readonly beforeLogin: boolean;
  readonly rights: number;
  readonly errors: readonly LineErrorCode[];
  readonly en: string;
  readonly ru: string;
}

/** All commands by name, in the order of the specification. */
export const COMMANDS: ReadonlyMap<CommandName, Command> = new Map(
  ROWS.map((row, index) => [row.name, toCommand(row, row.name, index + 1)]),
);

const BY_WORD = new Map(
  [...COMMANDS.values()].flatMap((command) => [command.name, ...command.aliases].map((word) => [word as string, command])),
);

/** A first word of a line that means a command. */
export interface FoundCommand {
  readonly command: Command;
  /** As it was spelled: the answer uses it (specification 3.9). */
  readonly spelling: string;
  /** Parameter that stuck to the word: the digits of `LISTDELGROUPS5`. */
  readonly attached: string | undefined;
}

/** The command that a line's first word means, aliases of 3.9 included; undefined for an unknown one. */
export function findCommand(word: string): FoundCommand | undefined {
  const command = BY_WORD.get(word);
  if (command) return { command, spelling: word, attached: undefined };
  const stuck = /^(LISTDELGROUPS)(\d+)$/.exec(word);
  if (!stuck) return undefined;
  return { command: COMMANDS.get('LISTDELGROUPS')!, spelling: 'LISTDELGROUPS', attached: stuck[2] };
}

/** The name under which an unknown command is refused: itself where it has the form of a command, else `UNKNOWN` (specification 2.19). */
export function refusedName(word: string): string {
  return /^[A-Z]{1,32}$/.test(word) ? word : 'UNKNOWN';
}

/**
 * The parameters that count: one that may be missing and was sent empty at the end of the line is missing (specification 2.11).
 * @returns undefined for a wrong number of them: ERR_BADARGUMENT_COUNT
 */
export function countedParameters(given: readonly string[], { least, most }: Parameters): readonly string[] | undefined {
  if (given.length < least || given.length > most) return undefined;
  let length = given.length;
  while (length > least && given[length - 1] === '') length -= 1;
  return length === given.length ? given : given.slice(0, length);
}

/** Parameters by their names without brackets. */
export function namedParameters(given: readonly string[], { keys }: Parameters): NamedValues {
  const named: Record<string, string> = {};
  for (let at = 0; at < given.length; at++) named[keys[at]!] = given[at]!;
  return named;
}

function toCommand(row: CommandRow, name: CommandName, number: number): Command {
  return {
    number,
    name,
    aliases: row.aliases ?? [],
    request: row.request === undefined ? undefined : toParameters(row.request),
    block: row.block && new Map(Object.entries(row.block).map(([word, text]) => [word, toParameters(text)])),
    answer: row.answer,
    answersAs: row.answersAs ?? name,
    beforeLogin: row.beforeLogin ?? false,
    rights: row.rights,
    errors: row.errors,
    en: row.en,
    ru: row.ru,
  };
}

function toParameters(text: string): Parameters {
  const names = text.split(' ').filter((word) => word !== '');
  return {
    names,
    keys: names.map((name) => name.slice(1, -1)),
    least: names.filter((word) => word.startsWith('<')).length,
    most: names.length,
  };
}

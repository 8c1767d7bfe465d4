import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { parseCsv } from '../core/csv.ts';
import { HubError } from '../core/errors.ts';
import { type ImportedLine, type ImportedOperator, importOperators } from '../core/identity/import-operators.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit.ts';
import { gather } from './option-values.ts';
import { table } from './table.ts';

/** Failed lines that are printed; `--json` has them all. */
const SHOWN = 50;

const rights = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter((right) => right !== ''))]);
const shape = z.strictObject({
  login: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  locale: z.string().optional(),
  rights: rights.optional(),
  password_md5: z.string(),
});

interface Fields {
  readonly line: number;
  readonly fields: unknown;
}

function* csvLines(text: string): Generator<Fields> {
  let columns: readonly string[] | undefined;
  for (const { line, cells } of parseCsv(text)) {
    if (columns) yield { line, fields: Object.fromEntries(columns.map((column, at) => [column, cells[at] || undefined])) };
    else columns = cells.map((cell) => cell.trim());
  }
}

function* jsonLines(text: string): Generator<Fields> {
  for (const [at, part] of text.split('\n').entries()) {
    if (part.trim() === '') continue;
    try {
      yield { line: at + 1, fields: JSON.parse(part) };
    } catch {
      // What is wrong with it is said with the other faults of its line.
      yield { line: at + 1, fields: undefined };
    }
  }
}

/** Operators of a file, and the lines that are none. */
function readOperators(
  text: string,
  format: 'csv' | 'jsonl',
  more: readonly string[],
): { operators: ImportedOperator[]; faults: ImportedLine[] } {
  const operators: ImportedOperator[] = [];
  const faults: ImportedLine[] = [];
  for (const { line, fields } of format === 'csv' ? csvLines(text) : jsonLines(text)) {
    const read = shape.safeParse(fields);
    if (!read.success) {
      const why = read.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; ');
      faults.push({ line, login: '', outcome: 'failed', why });
      continue;
    }
    const { login, name, email, locale, rights: own = [], password_md5: passwordMd5 } = read.data;
    operators.push({ line, login, displayName: name, email, locale, rights: [...new Set([...own, ...more])], passwordMd5 });
  }
  return { operators, faults };
}

/** `vestnik operator import` */
export function addOperatorImport(operator: Command, context: CommandContext): void {
  const { t, print, caller } = context;
  const tell = (lines: readonly ImportedLine[], apply: boolean): void => {
    const count = (outcome: ImportedLine['outcome']): number => lines.filter((line) => line.outcome === outcome).length;
    const head = apply ? '' : t('Tried; nothing is changed. ', 'Проверка; ничего не изменено. ');
    print(
      head +
        t(
          `Added ${count('added')}, there already ${count('present')}, failed ${count('failed')}.`,
          `Добавлено ${count('added')}, уже есть ${count('present')}, с ошибкой ${count('failed')}.`,
        ),
    );
    const bad = lines.filter(({ outcome }) => outcome === 'failed');
    if (bad.length === 0) return;
    const rows = bad.slice(0, SHOWN).map(({ line, login, why = '' }) => [String(line), login, why]);
    print(table([t('LINE', 'СТРОКА'), t('LOGIN', 'ЛОГИН'), t('WHY', 'ПОЧЕМУ')], rows));
    if (bad.length > SHOWN) print(t(`and ${bad.length - SHOWN} more: --json`, `и ещё ${bad.length - SHOWN}: --json`));
  };

  operator
    .command('import <file>')
    .summary(t('add operators with the MD5 of their passwords', 'добавить операторов с MD5 их паролей'))
    .description(
      t(
        'Reads a CSV file with the columns login, name, email, locale, rights, password_md5 (login and password_md5 are needed), or JSON Lines with these keys; UTF-8. Tries every line and prints what would happen; with --apply adds the operators. Who is there already stays as they are. Each keeps their password; at the first login its MD5 is replaced by argon2id.',
        'Читает CSV со столбцами login, name, email, locale, rights, password_md5 (обязательны login и password_md5) или JSON Lines с такими ключами; UTF-8. Проверяет каждую строку и печатает, что произойдёт; с --apply добавляет операторов. Кто уже есть, не меняется. Пароль у каждого остаётся прежним; при первом входе его MD5 заменяется на argon2id.',
      ),
    )
    .option('--apply', t('add them', 'добавить'))
    .option('--right <right>', t('a right for all of them; may be repeated', 'право для всех; можно повторять'), gather)
    .addOption(new Option('--format <format>', t('instead of the ending of the name', 'вместо окончания имени')).choices(['csv', 'jsonl']))
    .option('--json', t('print JSON', 'вывести JSON'))
    .addHelpText(
      'after',
      `\n${t('Examples:', 'Примеры:')}\n  vestnik operator import operators.csv\n  vestnik operator import operators.csv --apply --right 'billing.action.contract.*'`,
    )
    .action((file: string, options: { apply?: boolean; right?: string[]; format?: 'csv' | 'jsonl'; json?: boolean }) =>
      context.withIdentity(async ({ database }, identity) => {
        const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
          throw new HubError('NOT_FOUND', `the file ${file} cannot be read (${cause.code})`, { cause });
        });
        const format = options.format ?? (/\.(jsonl|ndjson|json)$/i.test(file) ? 'jsonl' : 'csv');
        const apply = options.apply === true;
        const { operators, faults } = readOperators(text.replace(/^\ufeff/, ''), format, options.right ?? []);
        const lines = [...faults, ...(await importOperators({ database, identity }, caller, operators, apply))].sort(
          (a, b) => a.line - b.line,
        );
        if (options.json) print(JSON.stringify(lines));
        else tell(lines, apply);
        if (lines.some(({ outcome }) => outcome === 'failed')) process.exitCode = EXIT.failed;
      }),
    );
}

import type { Command } from 'commander';
import { createToken } from '../core/identity/create-token.ts';
import { listTokens, type Token } from '../core/identity/list-tokens.ts';
import { revokeToken } from '../core/identity/revoke-token.ts';
import type { CommandContext } from './context.ts';
import { gather, wholeNumber } from './option-values.ts';
import { localTime, table } from './table.ts';

/** `vestnik token ...`: bearer tokens for programs that call REST. */
export function addToken(program: Command, context: CommandContext): void {
  const { t, print, caller } = context;
  const token = program
    .command('token')
    .summary(t('tokens for programs that call REST', 'токены для программ, вызывающих REST'))
    .description(
      t(
        'Bearer tokens: a program sends `Authorization: Bearer vst_...` and may do what token and owner both allow.',
        'Токены: программа передаёт `Authorization: Bearer vst_...` и может то, что разрешено и токену, и владельцу.',
      ),
    )
    .addHelpText(
      'after',
      `\n${t('Examples:', 'Примеры:')}\n  vestnik token add "nightly export" --owner anna --right tickets.view --days 365\n  vestnik token list\n  vestnik token revoke 7`,
    );

  token
    .command('add <name>')
    .summary(t('make a token and show it once', 'создать токен и показать его один раз'))
    .requiredOption('--owner <login>', t('operator to whom it belongs', 'оператор-владелец'))
    .option(
      '--right <right>',
      t('a right; may be repeated (default: all of the owner)', 'право; можно повторять (по умолчанию все права владельца)'),
      gather,
    )
    .option(
      '--days <days>',
      t('days until it expires (default: never)', 'срок действия в днях (по умолчанию бессрочно)'),
      wholeNumber(1, 36_500, t),
    )
    .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik token add grafana --owner watcher --right tickets.view`)
    .action((name: string, options: { owner: string; right?: string[]; days?: number }) =>
      context.withIdentity(async (_, identity) => {
        const now = identity.clock.instant();
        const expiresAt = options.days === undefined ? undefined : now.add({ hours: options.days * 24 });
        const created = await identity.change((tx) =>
          createToken(tx, caller, { name, owner: options.owner, rights: options.right, expiresAt }, identity.rights, now),
        );
        print(
          `${t('token', 'токен')} ${created.tokenId}; ${t('rights', 'права')}: ${created.rights.join(' ') || '-'}; ${t('expires', 'истекает')}: ${localTime(created.expiresAt)}`,
        );
        print(`${t('shown once', 'показывается один раз')}: ${created.token}`);
      }),
    );

  token
    .command('list')
    .summary(t('list tokens', 'список токенов'))
    .option('--owner <login>', t('only of this operator', 'только этого оператора'))
    .option('--json', t('print JSON', 'вывести JSON'))
    .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik token list --owner anna`)
    .action((options: { owner?: string; json?: boolean }) =>
      context.withGround(async ({ database }) => {
        const rows: Token[] = [];
        for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
          const page: Awaited<ReturnType<typeof listTokens>> = await listTokens(database.work, caller, {
            owner: options.owner ?? '*',
            before,
            limit: 1_000,
          });
          rows.push(...page.items);
          before = page.next;
        }
        if (options.json) return print(JSON.stringify(rows));
        const lines = rows.map((row) => [
          String(row.tokenId),
          row.login,
          row.name,
          row.revokedAt ? t('revoked', 'отозван') : localTime(row.expiresAt),
          localTime(row.lastUsedAt),
          row.rights.join(' '),
        ]);
        print(
          table(
            [
              t('ID', 'НОМЕР'),
              t('OWNER', 'ВЛАДЕЛЕЦ'),
              t('NAME', 'НАЗВАНИЕ'),
              t('EXPIRES', 'ИСТЕКАЕТ'),
              t('LAST USED', 'ИСПОЛЬЗОВАН'),
              t('RIGHTS', 'ПРАВА'),
            ],
            lines,
          ),
        );
      }),
    );

  token
    .command('revoke <id>')
    .summary(t('revoke a token; it is refused everywhere within a second', 'отозвать токен; он перестаёт действовать за секунду'))
    .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik token revoke 7`)
    .action((id: string) => {
      const tokenId = wholeNumber(1, Number.MAX_SAFE_INTEGER, t)(id);
      return context.withIdentity(async (_, identity) => {
        await identity.change((tx) => revokeToken(tx, caller, tokenId));
        print(`${t('revoked', 'отозван')} ${tokenId}`);
      });
    });
}

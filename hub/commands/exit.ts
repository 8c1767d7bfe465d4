import { CommanderError } from 'commander';
import { ConfigurationError } from '../config/source.ts';
import { ERRORS, type ErrorCode, HubError, toHubError } from '../core/errors.ts';
import type { Language, Translate } from './language.ts';

/** Exit codes of every command; the help prints them. */
export const EXIT = { done: 0, failed: 1, usage: 2, unavailable: 3, refused: 4 } as const;

export const exitCodesHelp = (t: Translate): string =>
  t(
    `Exit codes:
  0  done
  1  failed, or a check found something to repair
  2  command line or configuration is wrong
  3  the database is not available
  4  refused: the input or the present state does not allow it`,
    `Коды завершения:
  0  выполнено
  1  ошибка, или проверка нашла неисправность
  2  неверная командная строка или конфигурация
  3  база данных недоступна
  4  отказано: этого не допускают данные или текущее состояние`,
  );

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof ConfigurationError) return EXIT.usage;
  const { code } = toHubError(error);
  if (code === 'STORE_UNAVAILABLE') return EXIT.unavailable;
  return code === 'INTERNAL' ? EXIT.failed : EXIT.refused;
}

/** What a person at a terminal does next, where the message itself does not say it. */
const nextStep = (t: Translate): Partial<Record<ErrorCode, string>> => ({
  STORE_UNAVAILABLE: t('`vestnik doctor` shows what is wrong', 'что не так, покажет `vestnik doctor`'),
  NOT_FOUND: t('the list command shows what there is', 'что есть, покажет команда list'),
});

/** The line for standard error, without a stack: what is wrong, then the next step. A configuration with several faults has a line each. */
export function failureLines(error: unknown, language: Language, t: Translate): string[] {
  if (error instanceof ConfigurationError) return [...error.faults];
  const known = toHubError(error);
  if (known.code === 'INTERNAL') {
    const own = error instanceof HubError ? error.message : error instanceof Error ? error.message : String(error);
    const said = own === ERRORS.INTERNAL.en && known.cause instanceof Error ? known.cause.message : own;
    return [`${said} (${t('more with --debug', 'подробнее с --debug')})`];
  }
  const general = ERRORS[known.code];
  const told = (language === 'ru' ? known.russian : undefined) ?? known.message;
  const message = known.message === general.en ? general[language] : told;
  const why = known.cause instanceof Error && known.message === general.en ? `: ${known.cause.message}` : '';
  const next = nextStep(t)[known.code];
  // A single fault stands in the message already.
  const details = known.details
    .filter((detail) => known.details.length > 1 || !known.message.includes(detail.message))
    .map((detail) => `  ${detail.path || '/'}: ${detail.message}`);
  return [`${message}${why}${next ? ` (${next})` : ''}`, ...details];
}

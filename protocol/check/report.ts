import { type Finding, findingText, type Language, printable, SEVERITIES, shorten } from '../reader/finding.ts';
import type { CheckReport, CheckTotals } from './check.ts';

const WORDS = {
  en: {
    severity: { error: 'error', warning: 'warning', info: 'info' },
    place: (finding: Finding) => `line ${finding.line}:${finding.column}, byte ${finding.offset}`,
    whole: 'whole file or folder',
    files: (totals: CheckTotals) => `Files: ${totals.files}, with errors: ${totals.damagedFiles}. Documents: ${totals.documents}.`,
    noType: 'without TYPE',
    noCurrency: 'without CURRENCY',
    money: (sales: string, refunds: string) => `sales ${sales}, refunds ${refunds}`,
    counts: (error: number, warning: number, info: number) => `Errors: ${error}, warnings: ${warning}, notes: ${info}.`,
    hidden: (count: number) => `Not shown: ${count}.`,
  },
  ru: {
    severity: { error: 'ошибка', warning: 'предупреждение', info: 'сведение' },
    place: (finding: Finding) => `строка ${finding.line}:${finding.column}, байт ${finding.offset}`,
    whole: 'весь файл или папка',
    files: (totals: CheckTotals) => `Файлов: ${totals.files}, с ошибками: ${totals.damagedFiles}. Документов: ${totals.documents}.`,
    noType: 'без TYPE',
    noCurrency: 'без CURRENCY',
    money: (sales: string, refunds: string) => `продажи ${sales}, возвраты ${refunds}`,
    counts: (error: number, warning: number, info: number) => `Ошибок: ${error}, предупреждений: ${warning}, сведений: ${info}.`,
    hidden: (count: number) => `Не показано: ${count}.`,
  },
} as const satisfies Record<Language, unknown>;

/**
 * The report as text for a terminal, with a line end at its end: findings under the name of their file, then the totals. What comes from files
 * and file names is shown without control characters. Used by `vestnik tickets check` and `Stat_Client -inspect`.
 */
export function renderReport(report: CheckReport, language: Language): string {
  const words = WORDS[language];
  const lines: string[] = [];
  let file: string | undefined;
  for (const finding of report.findings) {
    if (finding.file !== file) {
      file = finding.file;
      lines.push(printable(file));
    }
    const place = finding.line === 0 ? words.whole : words.place(finding);
    const path = finding.path === '' ? '' : `  ${printable(finding.path)}`;
    lines.push(`  ${words.severity[finding.severity]}  ${finding.code}  ${place}${path}`, `    ${findingText(finding, language)}`);
  }
  if (lines.length > 0) lines.push('');
  lines.push(words.files(report.totals));
  const types = report.totals.types.map(({ type, documents }) => `${printable(shorten(type)) || words.noType} ${documents}`);
  if (types.length > 0) lines.push(`  ${types.join(', ')}`);
  for (const { currency, sales, refunds } of report.totals.money) {
    lines.push(`  ${printable(shorten(currency)) || words.noCurrency}: ${words.money(sales, refunds)}`);
  }
  const { error, warning, info } = report.counts;
  lines.push(words.counts(error, warning, info));
  const hidden = SEVERITIES.reduce((sum, severity) => sum + report.counts[severity], 0) - report.findings.length;
  if (hidden > 0) lines.push(words.hidden(hidden));
  return `${lines.join('\n')}\n`;
}

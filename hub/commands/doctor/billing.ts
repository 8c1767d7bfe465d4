import { ACTIONS, SERVICES } from '../../billing/catalogue/catalogue.ts';
import { readAccrualLag } from '../../billing/metrics.ts';
import { serving as billing } from '../../billing/serving.ts';
import { ConfigurationError } from '../../config/source.ts';
import type { Configuration } from '../../config.ts';
import type { Database } from '../../core/database/database.ts';
import type { CommandContext } from '../context.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const OPERATIONS = SERVICES.flatMap(({ operations }) => operations);
const ofTier = (all: readonly { readonly tier: 1 | 2 }[], tier: 1 | 2): number => all.filter((one) => one.tier === tier).length;

/** What of the billing's catalogue is served, and what is known and answers that it is not yet. */
export function billingFindings({ t }: Pick<CommandContext, 't'>): Finding[] {
  const counts = (tier: 1 | 2): string =>
    t(
      `${ofTier(OPERATIONS, tier)} operations of web services, ${ofTier(ACTIONS, tier)} XML actions`,
      `операций веб-сервисов ${ofTier(OPERATIONS, tier)}, XML-действий ${ofTier(ACTIONS, tier)}`,
    );
  return [
    ok(
      t('billing', 'биллинг'),
      t(
        `served: ${counts(1)}; known and not yet served: ${counts(2)}`,
        `обслуживаются: ${counts(1)}; известны, но пока не обслуживаются: ${counts(2)}`,
      ),
    ),
  ];
}

/** What the folder of site services holds, and every fault that would keep a hub from starting. */
export async function siteServiceFindings(configuration: Configuration, { t }: Pick<CommandContext, 't'>): Promise<Finding[]> {
  const { siteServices } = configuration.billing;
  if (siteServices === undefined) return [];
  const name = t('site services', 'сервисы площадки');
  try {
    const rights = Object.keys((await billing.configuredRights?.(configuration)) ?? {});
    const added = rights.filter((right) => right.endsWith('.*') && !Object.hasOwn(billing.rights, right));
    const names = added.map((right) => right.split('.').at(-2) ?? '');
    if (names.length > 0) return [ok(name, names.join(', '))];
    return [
      warn(
        name,
        t(`${siteServices} holds none`, `в ${siteServices} нет ни одного`),
        t('name files *.service.ts or *.service.js', 'назовите файлы *.service.ts или *.service.js'),
      ),
    ];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const next = t('correct the file: no hub starts with it', 'исправьте файл: с ним сервер не запустится');
    return error.faults.map((fault) => fail(name, fault, next));
  }
}

/** Fees that are late for so long are a matter for a person. Seconds. */
const LATE = 3_600;
const NO_TABLE = '42P01';

/** How far the fees have come; nothing before the first start. */
export async function accrualFindings(
  database: Database,
  { billing: { timeZone } }: Configuration,
  { t }: Pick<CommandContext, 't'>,
  now = Temporal.Now.instant(),
): Promise<Finding[]> {
  const name = t('fees', 'абонплата');
  try {
    const { day, seconds } = await readAccrualLag(database.work, timeZone, now);
    const upTo = day === undefined ? t('not accrued yet', 'ещё не начислялась') : t(`accrued up to ${day}`, `начислена по ${day}`);
    if (seconds <= LATE) return [ok(name, upTo)];
    const hours = Math.floor(seconds / 3_600);
    return [
      warn(
        name,
        t(`${upTo}: ${hours} h late`, `${upTo}: опоздание ${hours} ч`),
        t('a running hub makes up for it; its log says why it did not', 'работающий сервер наверстает; причина в его журнале'),
      ),
    ];
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_TABLE) return [];
    throw error;
  }
}

import { renderFields, renderTable } from '../../core/terminal/table.ts';
import type { Translate } from '../../core/terminal/words.ts';
import type { SavedEndpoint } from '../add-endpoint.ts';
import type { EndpointFinding } from '../check-endpoint.ts';
import type { EndpointSummary } from '../list-endpoints.ts';
import type { EndpointView } from '../show-endpoint.ts';

/** What the commands of endpoints print. */
function stateWord(t: Translate, { enabled, disabled_by }: Pick<EndpointSummary, 'enabled' | 'disabled_by'>): string {
  if (enabled) return t('enabled', 'включён');
  return disabled_by === 'hub' ? t('disabled by the hub', 'отключён системой') : t('disabled', 'отключён');
}

export function renderEndpoints(endpoints: readonly EndpointSummary[], t: Translate): string {
  if (endpoints.length === 0)
    return t('no endpoints; add one: vestnik callbacks endpoints add', 'получателей нет; добавить: vestnik callbacks endpoints add');
  return renderTable(
    [
      t('ID', 'N'),
      t('NAME', 'ИМЯ'),
      t('FAMILY', 'СЕМЕЙСТВО'),
      t('STATE', 'СОСТОЯНИЕ'),
      t('ADDRESS', 'АДРЕС'),
      t('VERSION', 'ВЕРСИЯ'),
      t('SAVED', 'СОХРАНЁН'),
    ],
    endpoints.map((endpoint) => [
      endpoint.id,
      endpoint.name,
      endpoint.family,
      stateWord(t, endpoint),
      `${endpoint.method} ${endpoint.url}`,
      endpoint.version,
      endpoint.changed_at,
    ]),
  );
}

export function renderEndpoint(endpoint: EndpointView, t: Translate): string {
  const { schedule } = endpoint;
  const fields = renderFields([
    [t('name', 'имя'), endpoint.name],
    [t('family', 'семейство'), endpoint.family],
    [t('owner', 'владелец'), endpoint.organization_id],
    [t('state', 'состояние'), stateWord(t, endpoint) + (endpoint.state_reason === null ? '' : ` (${endpoint.state_reason})`)],
    [t('address', 'адрес'), `${endpoint.method} ${endpoint.url}`],
    [t('events', 'события'), endpoint.events.join(', ')],
    [t('success', 'успех'), endpoint.success.join(', ')],
    [t('schedule', 'расписание'), `${schedule.kind} ${[schedule.seconds].flat().join(', ')} ${t('s', 'с')} ×${endpoint.max_attempts}`],
    [t('signed', 'подпись'), endpoint.signing],
    [t('version', 'версия'), endpoint.version],
    [t('saved', 'сохранён'), endpoint.changed_at],
  ]);
  const warnings = endpoint.warnings.map(({ code, dictionary, now }) => `! ${code}: ${dictionary}${now === undefined ? '' : ` -> ${now}`}`);
  return [fields, ...warnings, '', `${t('Headers', 'Заголовки')}:`, endpoint.headers, '', `${t('Body', 'Тело')}:`, endpoint.body].join(
    '\n',
  );
}

export const renderFinding = (t: Translate, { severity, code, path, line, column, set, message, russian }: EndpointFinding): string => {
  const word = severity === 'error' ? t('error', 'ошибка') : t('warning', 'предупреждение');
  const place = line === undefined ? path.slice(1) : `${path.slice(1)}:${line}:${column}`;
  return `${word} ${place} [${code}] ${t(message, russian)}${set === undefined ? '' : ` (${set})`}`;
};

export function printSaved(print: (text: string) => void, t: Translate, saved: SavedEndpoint, done: string): void {
  print(done);
  if (saved.signingSecret !== undefined)
    print(t(`signing secret, shown this once: ${saved.signingSecret}`, `секрет подписи, показан один раз: ${saved.signingSecret}`));
  for (const finding of saved.findings) print(renderFinding(t, finding));
}

import { type Command, Option } from 'commander';
import { gather } from '../../core/terminal/arguments.ts';
import type { Translate } from '../../core/terminal/words.ts';
import { DOCUMENT_TYPES, KINDS } from '../control/codes.ts';
import type { Subscription } from '../routing.ts';

/** Conditions of one subscription as options: values of one condition are alternatives, different conditions add up. */
type ConditionOptions = Partial<Record<'agency' | 'validator' | 'terminal' | 'carrier' | 'type' | 'kind', string[]>> & {
  carrierScope?: 'document' | 'any';
  everything?: true;
};

export function withConditions(command: Command, t: Translate): Command {
  return command
    .option('--agency <code>', t('agency of the deal; repeat for several', 'агентство; для нескольких повторить'), gather)
    .option('--validator <code>', t('validator (PPR)', 'валидатор (ППР)'), gather)
    .option('--terminal <code>', t('terminal', 'пульт'), gather)
    .option('--carrier <code>', t('carrier of the document', 'перевозчик документа'), gather)
    .addOption(
      new Option('--carrier-scope <scope>', t('any: also the carriers of its segments', 'any: также перевозчики сегментов')).choices([
        'document',
        'any',
      ]),
    )
    .option('--type <type>', `${t('type of document', 'вид документа')}: ${DOCUMENT_TYPES.join(', ')}`, gather)
    .option('--kind <kind>', `${t('kind of operation', 'вид операции')}: ${KINDS.join(', ')}`, gather)
    .option('--everything', t('every document; stands alone', 'все документы; без других условий'));
}

/** The subscription that the options describe; undefined when there is no condition at all. */
export function subscriptionOf(options: ConditionOptions): Subscription | undefined {
  const { agency, validator, terminal, carrier, carrierScope, type, kind, everything } = options;
  const given = Object.entries({ agency, validator, terminal, carrier, carrierScope, type, kind, everything }).filter(
    ([, value]) => value !== undefined,
  );
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Subscription);
}

/** A subscription in one line. */
export function describeSubscription(subscription: Subscription, t: Translate): string {
  if (subscription.everything) return t('everything', 'всё');
  const { agency, validator, terminal, carrier, carrierScope, type, kind } = subscription;
  const parts = Object.entries({ agency, validator, terminal, carrier, type, kind }).flatMap(([name, values]) =>
    values === undefined ? [] : [`${name} ${values.join('|')}${name === 'carrier' && carrierScope === 'any' ? ' (any)' : ''}`],
  );
  return parts.join(', ');
}

import * as z from 'zod';
import { countsUp, formatNumber } from '../number-mask.ts';
import { PATTERNS } from '../save-pattern.ts';
import { modeField, modeNumber, personField, personNumber } from './contract-answers.ts';
import { amountAnswer } from './fields.ts';
import {
  groupsAnswer,
  groupsField,
  idsField,
  lineField,
  optionalId,
  shownGroups,
  shownId,
  sumField,
  titleField,
} from './managed-fields.ts';
import { managedFace } from './managed-routes.ts';

const MASK = 'Number of a contract: N for a digit of the counter; empty: titles are given by hand';

const fields = z.strictObject({
  title: titleField,
  number_mask: lineField(100).meta({ description: MASK }),
  counter: z.int().min(0).max(999_999_999_999_999).meta({ description: 'The last number that was given' }),
  parameter_group_id: optionalId,
  groups: groupsField,
  modules: idsField.meta({ description: 'Module instances that a new contract has' }),
  tariffs: idsField.meta({ description: 'Tariff plans from its first day on, the first one wins' }),
  mode: modeField.transform(modeNumber),
  limit: sumField,
  status: z.int().min(0).max(32_767),
  person_type: personField.transform(personNumber),
  domain_id: optionalId,
});

const answer = z.object({
  id: z.int(),
  title: z.string(),
  number_mask: z.string(),
  counter: z.int(),
  next_title: z
    .string()
    .nullable()
    .meta({ description: 'The title that the next contract gets, unless somebody has it; null: given by hand' }),
  parameter_group_id: z.int().nullable(),
  groups: groupsAnswer,
  modules: z.array(z.int()),
  tariffs: z.array(z.int()),
  mode: modeField,
  limit: amountAnswer,
  status: z.int(),
  person_type: personField,
  domain_id: z.int().nullable(),
  version: z.int(),
});

/** Patterns of contracts. */
export const PATTERN_FACE = managedFace({
  kind: PATTERNS,
  path: '/patterns',
  many: 'patterns of contracts',
  fields,
  needed: ['title'],
  fixed: [],
  filters: {},
  filtersOf: () => [],
  changeOf: ({ number_mask, counter, parameter_group_id, limit, person_type, domain_id, ...same }) => ({
    ...same,
    numberMask: number_mask,
    counter: counter?.toString(),
    parameterGroupId: parameter_group_id,
    balanceLimit: limit,
    personType: person_type,
    domainId: domain_id,
  }),
  answer,
  shown: (pattern): z.input<typeof answer> => ({
    id: pattern.id,
    title: pattern.title,
    number_mask: pattern.numberMask,
    counter: Number(pattern.counter),
    next_title: countsUp(pattern.numberMask) ? formatNumber(pattern.numberMask, BigInt(pattern.counter) + 1n) : null,
    parameter_group_id: shownId(pattern.parameterGroupId),
    groups: shownGroups(pattern.groups),
    modules: pattern.modules,
    tariffs: pattern.tariffs,
    mode: pattern.mode === 1 ? 'debit' : 'credit',
    limit: pattern.balanceLimit,
    status: pattern.status,
    person_type: pattern.personType === 1 ? 'company' : 'person',
    domain_id: shownId(pattern.domainId),
    version: pattern.version,
  }),
});

import * as z from 'zod';
import { entryNumber } from './directory-entry.ts';
import { groupsOf, HIGHEST_GROUP } from './group-mask.ts';

/** Whether an operator sees contracts with one of the groups only, or all but those. */
export const GROUP_MODES = ['only', 'except'] as const;
export const PARAMETER_RULES = ['none', 'read'] as const;

const unique = (numbers: readonly number[]): boolean => new Set(numbers).size === numbers.length;
const TWICE = 'a number stands there twice';

const rule = z.strictObject({
  parameter_id: entryNumber,
  rule: z.enum(PARAMETER_RULES).meta({ description: 'none: it is not there for this operator; read: it can be seen and not changed' }),
});

/** What can be set of a fence (spec 2.14). */
export const fenceFields = {
  groups: z
    .array(z.int().min(0).max(HIGHEST_GROUP))
    .max(HIGHEST_GROUP + 1)
    .refine(unique, TWICE)
    .meta({ description: 'Groups of contracts; none: groups do not matter' }),
  groups_mode: z
    .enum(GROUP_MODES)
    .meta({ description: 'only: contracts that have one of the groups; except: contracts that have none of them' }),
  domains: z
    .array(entryNumber)
    .max(1_000)
    .refine(unique, TWICE)
    .meta({ description: 'Domains of the contracts that are seen, each by itself, without those below it; none: domains do not matter' }),
  parameters: z
    .array(rule)
    .max(1_000)
    .refine((rules) => unique(rules.map(({ parameter_id: id }) => id)), TWICE)
    .meta({ description: 'Parameters that are hidden or can only be read; all others can be written' }),
  description: z.string().max(1_000).meta({ description: 'Remark about the operator, which programs read with UserService' }),
  config: z.string().max(100_000).meta({ description: 'Settings that programs keep with the operator and read with UserService' }),
};

export const fenceChange = z.strictObject(fenceFields).partial();

const shape = z.object(fenceFields);
export type FenceFields = z.output<typeof shape>;

/** The fence of an operator, as it is shown. */
export type OperatorFence = FenceFields & {
  readonly operator_id: number;
  readonly login: string;
  readonly name: string;
  /** False: nothing is set, the operator sees every contract. */
  readonly fenced: boolean;
  /** 0 where there is none yet. */
  readonly version: number;
};

/** A fence as it is stored, with whose it is; version 0: the operator has none. */
export type OperatorFenceRow = {
  operatorId: number;
  login: string;
  name: string;
  groups: string;
  groupsMode: 0 | 1;
  domains: number[];
  parameterRules: Readonly<Record<string, unknown>>;
  config: string;
  description: string;
  version: number;
};

export function fenceFrom({
  operatorId,
  login,
  name,
  groups,
  groupsMode,
  domains,
  parameterRules,
  config,
  description,
  version,
}: OperatorFenceRow): OperatorFence {
  const parameters = Object.entries(parameterRules)
    .flatMap(([id, given]) => PARAMETER_RULES.flatMap((known) => (known === given ? [{ parameter_id: Number(id), rule: known }] : [])))
    .sort((one, other) => one.parameter_id - other.parameter_id);
  return {
    operator_id: operatorId,
    login,
    name,
    fenced: groups !== '0' || domains.length > 0 || parameters.length > 0,
    groups: groupsOf(BigInt(groups)),
    groups_mode: groupsMode === 1 ? 'except' : 'only',
    domains,
    parameters,
    description,
    config,
    version,
  };
}

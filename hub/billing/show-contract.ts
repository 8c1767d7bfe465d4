import { sharedLookup } from '../core/database/shared-lookup.ts';
import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { type BalanceFigures, SUMMA } from './balance-figures.ts';
import { isHead, isMember, modeWord } from './contract.ts';
import { type Fence, fenceKey, fenceValues } from './fence.ts';
import { noContract } from './find-contract.ts';
import { moneyText } from './money.ts';
import { monthOf } from './move-balance.ts';
import { figuresIn } from './read-balance.ts';
import { contractByTitle, contractCards, type InfoRow } from './sql/contract-info.ts';
import type { ContractRow } from './sql/contracts.ts';
import type { FiguresRow } from './sql/figures.ts';
import { dayText } from './wire/texts.ts';

/** What a card of a contract shows at one sight. */
export interface ContractSummary {
  readonly contract: ContractRow;
  readonly info: InfoRow;
  readonly month: Temporal.PlainDate;
  /** Of whoever pays, this month. */
  readonly figures: BalanceFigures;
}

interface Asked {
  readonly today: Temporal.PlainDate;
  readonly fence: Fence;
}

const cardOf = sharedLookup<Asked, ContractRow & InfoRow & FiguresRow>({
  load: (db, ids, { today, fence }) => contractCards(db, ids, today, ...fenceValues(fence)),
  keyOf: ({ id }) => id,
  groupOf: ({ today, fence }) => `${today} ${fenceKey(fence)}`,
});

/** @throws HubError NOT_FOUND */
export async function showContract(db: Queryable, act: Act, contractId: number): Promise<ContractSummary> {
  const card = await cardOf(db, contractId, act);
  if (!card) throw noContract(contractId);
  const month = monthOf(act.today);
  return { contract: card, info: card, month, figures: figuresIn(card, month) };
}

/** @throws HubError NOT_FOUND, also for a contract outside the fence. */
export async function findContractByTitle(db: Queryable, act: Act, title: string): Promise<ContractRow> {
  const [row] = await contractByTitle(db, title, ...fenceValues(act.fence));
  if (!row)
    throw new HubError('NOT_FOUND', `there is no contract ${JSON.stringify(title.slice(0, 200))}`, {
      reason: 'contract',
      russian: `Договор не найден: ${title.slice(0, 200)}`,
    });
  return row;
}

const hierarchyOf = (contract: ContractRow): string => (isHead(contract) ? 'super' : isMember(contract) ? 'sub' : 'independent');

/** How many members of a family share its money, and how many have their own; of a member: which of both it is. */
function relatives(contract: ContractRow): { dependent: number; independent: number } {
  if (isMember(contract)) return { dependent: 1 - contract.subMode, independent: contract.subMode };
  return { dependent: contract.dependents.length, independent: contract.members.length - contract.dependents.length };
}

/** The attributes of `<contract>` in the answer of ContractInfo (catalogue 2.1). */
export function contractAttributes({ contract, info }: ContractSummary): Record<string, string | number> {
  const { dependent, independent } = relatives(contract);
  return {
    title: contract.title,
    comment: contract.comment,
    comments: info.notes,
    date1: dayText(contract.dateFrom),
    date2: dayText(contract.dateTo),
    del: contract.hidden ? 1 : 0,
    fc: contract.personType,
    gr: contract.groups,
    hierarchy: hierarchyOf(contract),
    hierarchyDep: dependent,
    hierarchyIndep: independent,
    limit: contract.balanceLimit,
    mode: modeWord(contract.mode),
    objects: `${info.openObjects}/${info.objects}`,
    status: info.statusTitle,
  };
}

/** The attributes of `<balance>`: month, year and the seven figures. */
export const balanceAttributes = ({ month, figures }: ContractSummary): Record<string, string | number> => ({
  mm: month.month,
  yy: month.year,
  ...Object.fromEntries(Object.entries(SUMMA).map(([name, figure]) => [name, moneyText(figures[figure])])),
});

/** The module instances of the contract, with the package of their kind. */
export const moduleAttributes = ({ info }: ContractSummary): { id: number; title: string; package: string; status: string }[] =>
  info.modules.map(({ id, title, name }) => ({ id, title, package: `ru.bitel.bgbilling.modules.${name}`, status: '' }));

/** The tree of ContractInfo as one text of JSON (contractInfoGet). */
export const summaryJson = (summary: ContractSummary): string =>
  JSON.stringify({
    contract: contractAttributes(summary),
    info: { groups: summary.info.groupItems, tariff: summary.info.tariffs },
    balance: balanceAttributes(summary),
    modules: moduleAttributes(summary),
  });

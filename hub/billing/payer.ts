/** What tells whose money a contract's is. `superId`: 0 plain, -1 a head, otherwise the head that it is a member of; `subMode` 0: dependent. */
interface Member {
  readonly id: number;
  readonly superId: number;
  readonly subMode: 0 | 1;
}

/** True for a member of a family that has no balance of its own (spec 2.1). */
export const isDependent = ({ superId, subMode }: Pick<Member, 'superId' | 'subMode'>): boolean => superId > 0 && subMode === 0;

/** The contract whose balance and limit count for a contract: of a dependent member its head, otherwise itself. */
export const payerOf = (contract: Member): number => (isDependent(contract) ? contract.superId : contract.id);

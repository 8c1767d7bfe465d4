import type { Database } from '../database/database.ts';
import { HubError } from '../errors.ts';
import { addOperator } from './add-operator.ts';
import { type Caller, requireRight } from './caller.ts';
import type { Identity } from './identity.ts';
import { checkFields, checkLogin } from './operator.ts';
import { checkMd5 } from './password.ts';
import { checkRights, requireAuthorityOver } from './rights.ts';
import { selectOperator } from './sql/operator.ts';

/** An operator of another system's directory. */
export interface ImportedOperator {
  /** Of the file, from 1. */
  readonly line: number;
  readonly login: string;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  readonly locale?: string | undefined;
  readonly rights: readonly string[];
  /** Upper-case hexadecimal MD5 of the password, as such systems keep it (spec billing 10.1). */
  readonly passwordMd5: string;
}

export interface ImportedLine {
  readonly line: number;
  readonly login: string;
  /** `present`: there is an operator of this login already, who stays as they are. */
  readonly outcome: 'added' | 'present' | 'failed';
  readonly why?: string;
}

/**
 * Adds operators with the hashes that another system kept of their passwords; each is a change of its own, so a repeat goes on where the first run ended.
 * @param apply false: says what would happen and changes nothing
 * @returns a line for each of `operators`, in their order
 * @throws HubError FORBIDDEN without `identity.manage`; what is wrong with one operator stands in its line
 */
export async function importOperators(
  {
    database,
    identity,
  }: { readonly database: Pick<Database, 'work'>; readonly identity: Pick<Identity, 'change' | 'hashImported' | 'rights'> },
  caller: Caller,
  operators: readonly ImportedOperator[],
  apply: boolean,
): Promise<ImportedLine[]> {
  requireRight(caller, 'identity.manage');
  const seen = new Set<string>();

  const importOne = async (operator: ImportedOperator): Promise<ImportedLine['outcome']> => {
    const login = checkLogin(operator.login);
    if (seen.has(login)) throw new HubError('VALIDATION', `the login ${login} stands in an earlier line, too`);
    seen.add(login);
    checkFields(operator);
    requireAuthorityOver(caller, checkRights(operator.rights, identity.rights));
    checkMd5(operator.passwordMd5);
    if ((await selectOperator(database.work, login)).length > 0) return 'present';
    if (!apply) return 'added';
    const password = await identity.hashImported(operator.passwordMd5);
    await identity.change((tx) => addOperator(tx, caller, { ...operator, password }, identity.rights));
    return 'added';
  };

  const lines: ImportedLine[] = [];
  for (const operator of operators) {
    const { line, login } = operator;
    try {
      lines.push({ line, login, outcome: await importOne(operator) });
    } catch (error) {
      if (!(error instanceof HubError) || !['VALIDATION', 'CONFLICT', 'FORBIDDEN'].includes(error.code)) throw error;
      lines.push({ line, login, outcome: 'failed', why: error.message });
    }
  }
  return lines;
}

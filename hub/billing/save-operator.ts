import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { addOperator } from '../core/identity/add-operator.ts';
import { changeOperator } from '../core/identity/change-operator.ts';
import { checkFields, normalLogin } from '../core/identity/operator.ts';
import { checkMd5, type HashedPassword } from '../core/identity/password.ts';
import { createPasswordLine } from '../core/identity/password-line.ts';
import { setPassword } from '../core/identity/set-password.ts';
import type { Act } from './act.ts';
import { badValue, checkText } from './bad-value.ts';
import { findOperator } from './find-operators.ts';
import { operatorIdByLogin, storeDescription } from './sql/operators.ts';

/** An operator as programs of the original save one: what is absent stays. */
export interface OperatorInput {
  /** Absent: a new one, who needs a login and a password. */
  readonly id?: number | undefined;
  readonly login?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Upper-case hexadecimal MD5 of the password; '' is none. */
  readonly passwordMd5?: string | undefined;
}

const LONGEST_DESCRIPTION = 10_000;
/** A line of its own: those who log in do not wait for those who save operators. */
const line = createPasswordLine({ atOnce: 1, bound: 64 });

/** What identity refuses, in the words of the caller: by the name of the parameter. */
function checked<T>(parameter: string, russian: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof HubError && error.code === 'VALIDATION') throw badValue(parameter, error.message, russian);
    throw error;
  }
}

const hashOf = (md5: string): Promise<HashedPassword> =>
  line.hash(
    checked('user_pswd', 'ожидается MD5 пароля, 32 шестнадцатеричные цифры', () => checkMd5(md5)),
    'md5',
  );

const checkName = (name: string): string => {
  checked('name', 'имя состоит из 1–100 знаков в одной строке', () => checkFields({ displayName: name }));
  return name;
};

function checkLogin(login: string): string {
  const normal = normalLogin(login);
  if (normal !== undefined) return normal;
  throw badValue('login', 'a login has 1 to 64 of a-z 0-9 . _ @ -', 'логин состоит из 1–64 знаков a-z 0-9 . _ @ -');
}

async function create(tx: Transaction, act: Act, { login = '', name, passwordMd5 = '' }: OperatorInput): Promise<number> {
  const password = await hashOf(passwordMd5);
  const normal = checkLogin(login);
  const displayName = name === undefined || name === '' ? normal : checkName(name);
  await addOperator(tx, act.caller, { login: normal, displayName, rights: [], password }, {}).catch((error: unknown) => {
    if (!(error instanceof HubError) || error.code !== 'CONFLICT') throw error;
    throw new HubError('CONFLICT', error.message, { reason: 'login', russian: `Пользователь с логином ${normal} уже есть` });
  });
  const [row] = await operatorIdByLogin(tx, normal);
  if (!row) throw new HubError('INTERNAL', `the operator ${normal} vanished under its lock`);
  return row.id;
}

async function change(tx: Transaction, act: Act, id: number, { login, name, passwordMd5 }: OperatorInput): Promise<void> {
  const present = await findOperator(tx, id);
  if (login !== undefined && login !== '' && checkLogin(login) !== present.login)
    throw badValue('login', `the login of an operator stays ${present.login}`, `логин нельзя изменить: ${present.login}`);
  const password = passwordMd5 ? await hashOf(passwordMd5) : undefined;
  if (name !== undefined && name !== '' && name !== present.name)
    await changeOperator(tx, act.caller, present.login, { displayName: checkName(name) }, {});
  if (password) await setPassword(tx, act.caller, present.login, password);
}

/**
 * Makes an operator, without any right, or changes one; a new password ends the sessions. Who saves needs the right `identity.manage`, and all rights of the
 * operator whom they change.
 * @returns the number of the operator
 * @throws HubError BAD_REQUEST naming the parameter, NOT_FOUND, FORBIDDEN, CONFLICT (`login`), BUSY
 */
export async function saveOperator(tx: Transaction, act: Act, input: OperatorInput): Promise<number> {
  const { description } = input;
  if (description !== undefined) checkText('descr', description, LONGEST_DESCRIPTION);
  let { id } = input;
  if (id === undefined) id = await create(tx, act, input);
  else await change(tx, act, id, input);
  if (description !== undefined) await storeDescription(tx, id, description);
  return id;
}

/** What is in a name whose value nobody may read: passwords of operators, contracts and devices, secrets of sessions, tokens (spec billing 10.1). */
const SECRET = /pswd|passw|pwd|secret|token|jsessionid|(?:^|[_-])pass$/i;
/** The same at its end: whatever is inside an element of such a name is hidden, elements included. */
const SECRET_END = /(?:pswd|passw|passwd|password|pwd|secret|token)$/i;

/** What stands for a value that is not shown. */
export const HIDDEN = '***';

/**
 * Tells which names carry a secret: `pswd`, `user_pswd`, `BGBillingSecret`, `password`.
 * @param alsoValue true in calls about passwords, where the plain names `value`, `return` and `argN` carry one, too
 */
export const isSecret = (name: string, alsoValue: boolean): boolean =>
  SECRET.test(name) || (alsoValue && /^(?:value|return|arg\d)$/i.test(name));

/** Whether an element is secret with all that it holds; one that only has the word in its name may be the wrapper of a whole message. */
export const isSecretWhole = (name: string): boolean => SECRET_END.test(name);

/** Whether a call is about passwords, by whatever names it: `UpdateContractPassword`, `inetServPasswordGenerate`. */
export const isAboutPasswords = (text: string): boolean => /passw/i.test(text);

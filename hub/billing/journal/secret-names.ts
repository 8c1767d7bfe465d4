/** What a name ends with whose value nobody may read: passwords of operators, contracts and devices, secrets of sessions, tokens (spec billing 10.1). */
const SECRET = /(?:pswd|passwd|passw|password|password_?once|secret|token|jsessionid)$/i;

/** What stands for a value that is not shown. */
export const HIDDEN = '***';

/**
 * Tells which names carry a secret: `pswd`, `user_pswd`, `BGBillingSecret`, `password`.
 * @param alsoValue true in calls about passwords, where the plain names `value`, `return` and `argN` carry one, too
 */
export const isSecret = (name: string, alsoValue: boolean): boolean =>
  SECRET.test(name) || (alsoValue && /^(?:value|return|arg\d)$/i.test(name));

/** Whether a call is about passwords, by whatever names it: `UpdateContractPassword`, `inetServPasswordGenerate`. */
export const isAboutPasswords = (text: string): boolean => /passw/i.test(text);

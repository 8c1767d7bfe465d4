import type { Action, ActionParameter } from './descriptor.ts';
import { tokensOf } from './notation.ts';
import { parameterText } from './parameter-texts.ts';

/** An action before it knows its module. */
type MakeAction = (module: string) => Action;

/**
 * An action that reads: its name and parameters, what it answers inside `<data>`, what it is.
 *
 *     shows(1, 'ContractFace(cid)', 'table(date user value)', 'Журнал', 'The log')
 *
 * `name?` may be absent; `name (meaning)` is documented as `meaning`.
 */
export const shows = (tier: 1 | 2, signature: string, answer: string, ru: string, en: string): MakeAction =>
  action('read', tier, signature, answer, ru, en);

/** An action that changes something; otherwise as `shows`. */
export const does = (tier: 1 | 2, signature: string, answer: string, ru: string, en: string): MakeAction =>
  action('write', tier, signature, answer, ru, en);

const action =
  (kind: 'read' | 'write', tier: 1 | 2, signature: string, answer: string, ru: string, en: string): MakeAction =>
  (module) => {
    const tokens = tokensOf(signature, `an action of ${module}`);
    const name = tokens.name('the name of the action');
    const parameters: ActionParameter[] = [];
    tokens.expect('(');
    while (!tokens.take(')')) {
      const parameter = tokens.looseName('the name of a parameter');
      const optional = tokens.take('?');
      const meaning = tokens.take('(') ? tokens.name('the meaning') : undefined;
      if (meaning !== undefined) tokens.expect(')');
      const doc = parameterText(name, meaning ?? parameter);
      if (!doc) return tokens.fail(`the parameter ${meaning ?? parameter} of ${module}/${name} has no text in catalogue/texts`);
      if (parameters.some((other) => other.name === parameter)) tokens.fail(`the parameter ${parameter} is there twice`);
      parameters.push({ name: parameter, optional, doc });
      if (!tokens.take(',') && tokens.peek() !== ')') tokens.fail(`"," or ")" is needed behind the parameter ${parameter}`);
    }
    if (tokens.peek() !== undefined) tokens.fail('nothing more is understood here');
    return { module, name, tier, kind, parameters, answer, doc: { ru, en } };
  };

/** The actions of one module. @throws SyntaxError naming the action and the place in it. */
export const actionsOf = (module: string, ...actions: readonly MakeAction[]): Action[] => actions.map((make) => make(module));

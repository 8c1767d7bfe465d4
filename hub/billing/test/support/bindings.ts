import type { ActionBinding, Binding, Call } from '../../catalogue/descriptor.ts';
import { actionArgs } from '../../wire/action/args.ts';
import { createXmlWriter } from '../../wire/action/xml-writer.ts';
import type { BillingBench } from './billing-bench.ts';

/** Runs actions of these bindings in transactions. @returns a function that answers the document */
export const actionsOn =
  (bench: BillingBench, ...bindings: readonly ActionBinding[]) =>
  async (place: string, parameters: Record<string, string | number> = {}): Promise<string> => {
    const [module = '', name = ''] = place.split('/');
    const action = bindings.find((binding) => binding.module === module && name in binding.actions)?.actions[name];
    if (!action) throw new Error(`there is no action ${place}`);
    const out = createXmlWriter();
    const pairs = new Map(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
    await bench.write((tx, act) => {
      const call: Call = { ...act, tx, db: tx, profile: '7', moduleId: undefined };
      return action(call, actionArgs(pairs, act.settings.timeZone), out);
    });
    return out.document();
  };

/** Runs operations of a service in transactions. */
export const operationsOn =
  (bench: BillingBench, binding: Binding, moduleId?: number) =>
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  (name: string, args: Record<string, unknown> = {}): Promise<any> => {
    const run = binding.operations[name];
    if (!run) throw new Error(`there is no operation ${binding.service}.${name}`);
    return bench.write((tx, act) => run({ ...act, tx, db: tx, profile: '7', moduleId }, args));
  };

import type { BillingEventData, OrderEventData, StaticEventData, ValueContext } from './event-data.ts';
import type { Family } from './family.ts';

/** What a template asks of an event while it is rendered. `undefined` or `null`: the event has no such thing. */
export interface RenderValues {
  get(name: string): Held;
  /** The codes from a dictionary, by the name that was compiled in (NFC, single spaces). */
  dic(name: string): { value: string; name: string } | undefined;
}

export type Held = string | number | bigint | null | undefined;

/** A variable of the template language (spec callbacks 3.3). */
export interface Variable {
  readonly name: string;
  readonly families: readonly Family[];
  /** Where `@name` means it, as in the original: nowhere else, so that nothing added later changes an old template. `@{name}` is known in all its families. */
  readonly bareIn: readonly Family[];
  /** `fragment`: XML of our serializer, or empty. `ticks`: a whole number above 2^53. */
  readonly kind: 'integer' | 'ticks' | 'text' | 'fragment';
  /** Text that people typed: any characters, and not to be shown to every proxy. */
  readonly free: boolean;
  /** Holds personal data (spec 6.12). */
  readonly sensitive: boolean;
  readonly en: string;
  readonly ru: string;
}

/** A variable in the table: what it is, and where each family that has it takes its value from. */
export interface VariableEntry {
  readonly kind?: Variable['kind'];
  /** `true`: in every family that has it. */
  readonly bare?: true | readonly Family[];
  readonly free?: boolean;
  readonly sensitive?: boolean;
  readonly order?: (data: OrderEventData, context: ValueContext) => Held;
  readonly static?: (data: StaticEventData, context: ValueContext) => Held;
  readonly billing?: (data: BillingEventData, context: ValueContext) => Held;
  readonly en: string;
  readonly ru: string;
}

/** Empty counts as absent: `|default` stands in for it, and JSON gets `null`. */
export const filled = (text: string | null | undefined): Held => (text === '' ? undefined : text);

import type { FaultName, Operation, Parameter, Service, TypeRef } from './descriptor.ts';
import { isPrimitive, readType, type Tokens, tokensOf } from './notation.ts';
import { parameterText } from './parameter-texts.ts';

/** An operation before it knows its service. */
type Draft = Omit<Operation, 'service' | 'faults'>;
type MakeOperation = (service: string) => Draft;

/** Which operations belong to which release of the original. */
interface Since {
  readonly since?: string;
}

/** Parameters that name the object: absent is an error, never 0 (spec 6.1). */
const IDENTIFYING: ReadonlySet<string> = new Set(['contractId', 'cid', 'id']);
const DEFAULT_FAULTS: readonly FaultName[] = ['BGException', 'BGMessageException'];

/**
 * An operation that reads, in the words of the catalogue:
 *
 *     reads(1, 'paymentList(contractId: int, period?: period, members: int): payment[]; holderTotalSum: decimal', 'Приходы', 'Payments')
 *
 * `name?` may be absent; `name | other` goes by `other` in JSON, too; `name (meaning)` is documented as `meaning`; `+name?` is of JSON only.
 * Behind the colon the result, which may be missing, then out-holders, each with a name.
 * @param tier 1: works; 2: is described only.
 * @throws SyntaxError when the service is made, naming the place.
 */
export const reads = (tier: 1 | 2, signature: string, ru: string, en: string, since: Since = {}): MakeOperation =>
  operation('read', tier, signature, ru, en, since);

/** An operation that changes something; otherwise as `reads`. */
export const changes = (tier: 1 | 2, signature: string, ru: string, en: string, since: Since = {}): MakeOperation =>
  operation('write', tier, signature, ru, en, since);

const operation =
  (kind: 'read' | 'write', tier: 1 | 2, signature: string, ru: string, en: string, since: Since): MakeOperation =>
  (service) => {
    const tokens = tokensOf(signature, `an operation of ${service}`);
    const name = tokens.name('the name of the operation');
    tokens.expect('(');
    const parameters = tokens.take(')') ? [] : readParameters(tokens, name);
    if (parameters.length > 0) tokens.expect(')');
    const { result, out } = tokens.take(':') ? readResults(tokens, name) : { result: null, out: [] };
    if (tokens.peek() !== undefined) tokens.fail('nothing more is understood here');
    return { name, tier, kind, parameters, result, out, doc: { ru, en }, ...since };
  };

function readParameters(tokens: Tokens, operation: string): Parameter[] {
  const parameters: Parameter[] = [];
  do {
    const parameter = readParameter(tokens, operation);
    const taken = new Set(parameters.flatMap(({ name, aliases }) => [name, ...aliases]));
    const twice = [parameter.name, ...parameter.aliases].find((name) => taken.has(name));
    if (twice !== undefined) tokens.fail(`the parameter ${twice} is there twice`);
    parameters.push(parameter);
  } while (tokens.take(','));
  return parameters;
}

function readParameter(tokens: Tokens, operation: string): Parameter {
  const jsonOnly = tokens.take('+');
  const name = tokens.name('the name of a parameter');
  const optional = tokens.take('?');
  const aliases: string[] = [];
  while (tokens.take('|')) aliases.push(tokens.name('a further name'));
  const meaning = readMeaning(tokens);
  tokens.expect(':');
  const type = readType(tokens);
  const identifies = !optional && [name, ...aliases].some((one) => IDENTIFYING.has(one)) && isNumber(type);
  const doc = documented(tokens, operation, meaning ?? aliases[0] ?? name);
  return { name, type, optional, identifies, aliases, ...(jsonOnly && { jsonOnly }), doc };
}

const isNumber = (type: TypeRef): boolean => isPrimitive('list' in type ? type.list : type);

function readResults(tokens: Tokens, operation: string): { result: TypeRef | null; out: Parameter[] } {
  const out: Parameter[] = [];
  const readOut = (name: string): void => {
    const meaning = readMeaning(tokens);
    tokens.expect(':');
    const type = readType(tokens);
    out.push({ name, type, optional: true, identifies: false, aliases: [], doc: documented(tokens, operation, meaning ?? name) });
  };
  // The first may be the name of an out-holder: then the operation itself answers nothing.
  let result: TypeRef | null = readType(tokens);
  if (tokens.peek() === ':' || tokens.peek() === '(') {
    if (!('bean' in result)) return tokens.fail('a type cannot be the name of an out-holder');
    readOut(result.bean);
    result = null;
  }
  while (tokens.take(';')) readOut(tokens.name('the name of an out-holder'));
  return { result, out };
}

function readMeaning(tokens: Tokens): string | undefined {
  if (!tokens.take('(')) return undefined;
  const meaning = tokens.name('the meaning');
  tokens.expect(')');
  return meaning;
}

function documented(tokens: Tokens, operation: string, name: string) {
  return parameterText(operation, name) ?? tokens.fail(`the parameter ${name} of ${operation} has no text in catalogue/texts`);
}

/** A service as its file describes it. */
interface ServiceText {
  readonly name: string;
  readonly package: string;
  readonly namespace: string;
  readonly aliases?: Service['aliases'];
  readonly carries?: readonly string[];
  readonly faults?: readonly FaultName[];
  readonly operations: readonly MakeOperation[];
}

/** @throws SyntaxError naming the operation and the place in it, or the operation that is there twice. */
export function service({ operations, faults = DEFAULT_FAULTS, aliases = [], carries = [], ...rest }: ServiceText): Service {
  const made = operations.map((make): Operation => ({ service: rest.name, ...make(rest.name), faults }));
  const twice = made.find(({ name }, index) => made.findIndex((other) => other.name === name) !== index);
  if (twice) throw new SyntaxError(`${rest.name} has the operation ${twice.name} twice`);
  return { ...rest, aliases, carries, operations: made };
}

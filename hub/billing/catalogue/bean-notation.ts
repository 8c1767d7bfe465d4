import type { Bean, Field } from './descriptor.ts';
import { readType, type Tokens, tokensOf } from './notation.ts';

/**
 * Beans as the catalogue writes them, one after the other:
 *
 *     abstract filterEntityAttr { @entitySpecAttrIds: int list }
 *     filterEntityAttrText: filterEntityAttr { @value: string }
 *     enum runMessageType { OUT / ERR / INFO }
 *
 * A field is `name: type`; `@name` an attribute; `type!` always written; `int list` numbers in one text; `a > b: T[]` the element `a` around
 * elements `b`; `dateTime as day` a day in JSON; `a as b: T` goes by `b` in JSON; `+name: type` an extra key of JSON.
 * @param about what these beans are, for faults.
 * @throws SyntaxError naming line and place.
 */
export function beans(about: string, text: string): Bean[] {
  const tokens = tokensOf(text, `beans of ${about}`);
  const all: Bean[] = [];
  while (tokens.peek() !== undefined) all.push(readBean(tokens));
  return all;
}

function readBean(tokens: Tokens): Bean {
  if (tokens.take('enum')) {
    const name = tokens.name('the name of an enumeration');
    tokens.expect('{');
    const values = [tokens.name('a value')];
    while (tokens.take('/')) values.push(tokens.name('a value'));
    tokens.expect('}');
    return { name, values, fields: [] };
  }
  const abstract = tokens.take('abstract');
  const name = tokens.name('the name of a bean');
  const parent = tokens.take(':') ? tokens.name('the bean it extends') : undefined;
  const fields: Field[] = [];
  tokens.expect('{');
  while (!tokens.take('}')) {
    const field = readField(tokens);
    if (fields.some((other) => other.name === field.name)) tokens.fail(`${name} has the field ${field.name} twice`);
    fields.push(field);
    if (!tokens.take(',') && tokens.peek() !== '}') tokens.fail(`"," or "}" is needed behind the field ${name}.${field.name}`);
  }
  return { name, fields, ...(parent !== undefined && { extends: parent }), ...(abstract && { abstract }) };
}

function readField(tokens: Tokens): Field {
  const jsonOnly = tokens.take('+');
  const attribute = tokens.take('@');
  const name = tokens.name('the name of a field');
  const item = tokens.take('>') ? tokens.name('the name of an item') : undefined;
  const jsonName = tokens.take('as') ? tokens.name('its name in JSON') : undefined;
  tokens.expect(':');
  const single = readType(tokens);
  const numbers = tokens.take('list');
  if (numbers && !('scalar' in single && single.scalar === 'int')) tokens.fail(`${name} is a list of numbers: "int list"`);
  const type = numbers ? { list: single } : single;
  const day = tokens.take('as');
  if (day) {
    tokens.expect('day');
    if (!('scalar' in type && type.scalar === 'dateTime')) tokens.fail(`${name} is "as day", so it must be a dateTime`);
  }
  const required = tokens.take('!');
  if (item !== undefined && (numbers || !('list' in type))) tokens.fail(`${name} holds elements ${item}, so its type must end in []`);
  if (attribute && 'list' in type && !numbers) tokens.fail(`${name} is an attribute, which holds no elements`);
  const at = attribute ? (numbers ? 'attributeList' : 'attribute') : numbers ? 'elementList' : 'element';
  return {
    name,
    type,
    at,
    ...(item !== undefined && { item }),
    ...(jsonName !== undefined && { jsonName }),
    ...(required && { required }),
    ...(day && { json: 'day' as const }),
    ...(jsonOnly && { jsonOnly }),
  };
}

/**
 * Gives the beans that stand for an abstract one the words by which JSON tells them apart: what their name has beyond that of their abstract
 * forefather (`filterEntityAttrText`: `Text`).
 */
export function withDiscriminators(all: readonly Bean[]): Bean[] {
  const byName = new Map(all.map((bean) => [bean.name, bean]));
  const rootOf = (bean: Bean): Bean | undefined => {
    const parent = bean.extends === undefined ? undefined : byName.get(bean.extends);
    return parent?.abstract ? (rootOf(parent) ?? parent) : parent && rootOf(parent);
  };
  return all.map((bean) => {
    const root = rootOf(bean);
    return root && !bean.abstract && bean.name.startsWith(root.name) ? { ...bean, discriminator: bean.name.slice(root.name.length) } : bean;
  });
}

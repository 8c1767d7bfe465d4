import { describe, expect, test } from 'vitest';
import { actionsOf, does, shows } from '../catalogue/action-notation.ts';
import { beans, withDiscriminators } from '../catalogue/bean-notation.ts';
import { checkCatalogue } from '../catalogue/check-catalogue.ts';
import type { Bean, Service } from '../catalogue/descriptor.ts';
import { changes, reads, service } from '../catalogue/operation-notation.ts';

const named = { name: 'TestService', package: 'a.b', namespace: 'http://b.a/' };
const operationOf = (signature: string) => service({ ...named, operations: [reads(1, signature, 'Проба', 'A trial')] }).operations[0]!;
const serviceFault = (signature: string) => () => operationOf(signature);

describe('operations', () => {
  test('name, parameters, result and out-holders', () => {
    expect(operationOf('paymentList(contractId: int, period?: period, members: int): payment[]; page: page')).toMatchObject({
      service: 'TestService',
      name: 'paymentList',
      tier: 1,
      kind: 'read',
      parameters: [
        { name: 'contractId', type: { scalar: 'int' }, optional: false, identifies: true, aliases: [] },
        { name: 'period', type: { bean: 'period' }, optional: true, identifies: false },
        { name: 'members', type: { scalar: 'int' }, optional: false, identifies: false },
      ],
      result: { list: { bean: 'payment' } },
      out: [{ name: 'page', type: { bean: 'page' } }],
      faults: ['BGException', 'BGMessageException'],
      doc: { ru: 'Проба', en: 'A trial' },
    });
  });

  test('without parameters and result', () => {
    expect(operationOf('ipResourceLinkSet()')).toMatchObject({ parameters: [], result: null, out: [] });
  });

  test('whose parameters have further names, a meaning, or are of JSON only', () => {
    const { parameters } = operationOf('f(arg0 | contractId: int, arg1? (page): page, +labels?: int[])');
    expect(parameters).toMatchObject([
      { name: 'arg0', aliases: ['contractId'], identifies: true, doc: { en: 'Number of the contract' } },
      { name: 'arg1', optional: true, aliases: [], doc: { en: expect.stringContaining('page') } },
      { name: 'labels', jsonOnly: true },
    ]);
  });

  test('that answer by out-holders alone', () => {
    expect(operationOf('f(): name: string; data: base64Binary')).toMatchObject({ result: null, out: [{ name: 'name' }, { name: 'data' }] });
  });

  test('of a release, and of kind write', () => {
    const { operations } = service({ ...named, operations: [changes(2, 'f()', 'Проба', 'A trial', { since: '8.x' })] });
    expect(operations).toMatchObject([{ kind: 'write', tier: 2, since: '8.x' }]);
  });

  test.each([
    ['f', '"(" is needed, not the end'],
    ['f(', 'the name of a parameter is needed, not the end'],
    ['f(id int)', '":" is needed, not "int"'],
    ['f(id: 5)', 'a type is needed, not "5"'],
    ['f(id: int', '")" is needed, not the end'],
    ['f(id: int,)', 'the name of a parameter is needed, not ")"'],
    ['f(): int; int', '":" is needed, not the end'],
    ['f(): int: page', 'a type cannot be the name of an out-holder'],
    ['f() int', 'nothing more is understood here'],
    ['f(id: int, id: long)', 'the parameter id is there twice'],
    ['f(id: int, cid | id: long)', 'the parameter id is there twice'],
    ['f(nobodyKnows: int)', 'the parameter nobodyKnows of f has no text in catalogue/texts'],
  ])('%s is refused', (signature, message) => {
    expect(serviceFault(signature)).toThrow(SyntaxError);
    expect(serviceFault(signature)).toThrow(message);
  });

  test('a fault names the service and the place', () => {
    expect(serviceFault('paymentGet(id int)')).toThrow('an operation of TestService, line 1, after "paymentGet(id "');
  });

  test('one name stands once in a service', () => {
    const twice = [reads(1, 'f()', 'Проба', 'A trial'), reads(2, 'f(id: int)', 'Проба', 'A trial')];
    expect(() => service({ ...named, operations: twice })).toThrow('TestService has the operation f twice');
  });
});

describe('beans', () => {
  const read = (text: string) => beans('a test', text);

  test('with attributes, elements, lists and what stands around them', () => {
    const [bean] = read('item: idTitle { @code: int!, ids: int[], @groups: int list, marks: int list, all > one: item[], any: any }');
    expect(bean).toEqual({
      name: 'item',
      extends: 'idTitle',
      fields: [
        { name: 'code', type: { scalar: 'int' }, at: 'attribute', required: true },
        { name: 'ids', type: { list: { scalar: 'int' } }, at: 'element' },
        { name: 'groups', type: { list: { scalar: 'int' } }, at: 'attributeList' },
        { name: 'marks', type: { list: { scalar: 'int' } }, at: 'elementList' },
        { name: 'all', type: { list: { bean: 'item' } }, at: 'element', item: 'one' },
        { name: 'any', type: { scalar: 'any' }, at: 'element' },
      ],
    });
  });

  test('with what JSON has otherwise', () => {
    expect(read('b { day: dateTime as day, data > item as list: any[], +extra: boolean }')[0]?.fields).toEqual([
      { name: 'day', type: { scalar: 'dateTime' }, at: 'element', json: 'day' },
      { name: 'data', type: { list: { scalar: 'any' } }, at: 'element', item: 'item', jsonName: 'list' },
      { name: 'extra', type: { scalar: 'boolean' }, at: 'element', jsonOnly: true },
    ]);
  });

  test('abstract ones, enumerations, empty ones, several in one text', () => {
    expect(read('abstract a {}\nenum e { ONE / TWO }\nb: a {}')).toEqual([
      { name: 'a', abstract: true, fields: [] },
      { name: 'e', values: ['ONE', 'TWO'], fields: [] },
      { name: 'b', extends: 'a', fields: [] },
    ]);
  });

  test('what a bean has beyond the name of its abstract forefather tells it apart', () => {
    const all = withDiscriminators(read('abstract a {} aText: a {} aMany: aText {} other: a {} plain {} plainOne: plain {}'));
    expect(all.map(({ discriminator }) => discriminator)).toEqual([undefined, 'Text', 'Many', undefined, undefined, undefined]);
  });

  test.each([
    ['b', '"{" is needed, not the end'],
    ['b { a: int', '"," or "}" is needed behind the field b.a'],
    ['b { a int }', '":" is needed, not "int"'],
    ['b { a: int, a: long }', 'b has the field a twice'],
    ['b { @a: int[] }', 'a is an attribute, which holds no elements'],
    ['b { a > c: int }', 'a holds elements c, so its type must end in []'],
    ['b { a: string list }', 'a is a list of numbers: "int list"'],
    ['b { a: date as day }', 'a is "as day", so it must be a dateTime'],
    ['enum e { }', 'a value is needed, not "}"'],
  ])('%s is refused', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('a fault names the line', () => {
    expect(() => read('a {}\nb {\n  c int }')).toThrow('beans of a test, line 3');
  });
});

describe('actions', () => {
  test('have parameters, an answer and texts', () => {
    const [face, mail] = actionsOf(
      'contract',
      shows(1, 'ContractFace(cid)', 'table(date)', 'Журнал', 'The log'),
      does(2, 'Mail(e-mail? (emailLines))', '', 'П', 'M'),
    );
    expect(face).toMatchObject({
      module: 'contract',
      name: 'ContractFace',
      tier: 1,
      kind: 'read',
      parameters: [{ name: 'cid', optional: false }],
      answer: 'table(date)',
    });
    expect(mail).toMatchObject({
      kind: 'write',
      tier: 2,
      parameters: [{ name: 'e-mail', optional: true, doc: { ru: expect.stringContaining('Адреса') } }],
    });
  });

  test.each([
    ['A(cid', '"," or ")" is needed behind the parameter cid'],
    ['A(cid, cid)', 'the parameter cid is there twice'],
    ['A(nobodyKnows)', 'the parameter nobodyKnows of contract/A has no text in catalogue/texts'],
    ['A() more', 'nothing more is understood here'],
  ])('%s is refused', (signature, message) => {
    expect(() => actionsOf('contract', shows(1, signature, '', 'Проба', 'A trial'))).toThrow(message);
  });
});

describe('a catalogue', () => {
  const check =
    (all: Bean[], services: Service[] = []) =>
    () =>
      checkCatalogue({ beans: all, beansOfNamespace: {}, services, actions: [] });
  const read = (text: string) => beans('a test', text);

  test.each([
    ['a {} a {}', 'bean a is described twice'],
    ['a: b {}', 'bean a extends b, which is not described'],
    ['a: b {} b: a {}', 'bean a extends itself'],
    ['a { f: strnig }', 'field a.f is a strnig, which is no scalar and no bean of the catalogue'],
    ['a { f: int } b: a { f: int }', 'field b.f is in a, too'],
  ])('of %s is refused', (text, message) => {
    expect(check(read(text))).toThrow(message);
  });

  test('names every fault of its services at once', () => {
    const faulty = service({ ...named, carries: ['ghost'], operations: [reads(1, 'f(parameter: nothing): void', '', 'A trial')] });
    const found = check([], [faulty, { ...faulty, name: 'Other', aliases: [{ package: 'a.b', name: 'TestService' }] }]);
    for (const fault of [
      'TestService carries the bean ghost',
      'operation TestService.f has no Russian text',
      'parameter parameter of TestService.f is a nothing',
      'result of TestService.f is a void',
      'two services answer at a.b/TestService',
    ])
      expect(found).toThrow(fault);
  });

  test('without a fault is taken', () => {
    expect(
      check(read('a {} b: a { c: a[] }'), [service({ ...named, operations: [reads(1, 'f(): b', 'Проба', 'A trial')] })]),
    ).not.toThrow();
  });
});

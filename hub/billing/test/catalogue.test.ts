import { describe, expect, test } from 'vitest';
import { ACTIONS, BEANS, CATALOGUE, SERVICES } from '../catalogue/catalogue.ts';
import type { Parameter, Text } from '../catalogue/descriptor.ts';
import { DOCUMENTED_PARAMETERS, parameterText } from '../catalogue/parameter-texts.ts';

const OPERATIONS = SERVICES.flatMap(({ operations }) => operations);
const ofTier = (all: readonly { readonly tier: 1 | 2 }[], tier: 1 | 2): number => all.filter((one) => one.tier === tier).length;
const operation = (service: string, name: string) =>
  OPERATIONS.find((one) => one.service === service && one.name === name) ?? expect.fail(`no ${service}.${name}`);
const bean = (name: string) => BEANS.find((one) => one.name === name) ?? expect.fail(`no bean ${name}`);
const beansOf = (name: string) => CATALOGUE.beansOf(SERVICES.find((one) => one.name === name) ?? expect.fail(`no service ${name}`));

describe('totals of the catalogue (chapter 9)', () => {
  test('47 services with 144 operations that work and 276 that are described', () => {
    expect(SERVICES).toHaveLength(47);
    expect([ofTier(OPERATIONS, 1), ofTier(OPERATIONS, 2)]).toEqual([144, 276]);
  });

  test('97 XML actions that work and 19 that are described: one more than it says, for UserUpdate is of tier 2 there and served here (spec 10.1)', () => {
    expect([ofTier(ACTIONS, 1), ofTier(ACTIONS, 2)]).toEqual([97, 19]);
  });

  // Counts of chapter 3: tier 1 / all.
  test.each([
    ['ContractService', 26, 33],
    ['PaymentService', 8, 10],
    ['ContractStatusService', 7, 8],
    ['TariffOptionService', 8, 16],
    ['AddressService', 9, 27],
    ['InetServService', 6, 43],
    ['InetDeviceService', 1, 31],
    ['InetSessionService', 1, 22],
    ['DocTypeService', 0, 7],
  ])('%s has %i of %i operations', (name, working, all) => {
    const operations = OPERATIONS.filter(({ service }) => service === name);
    expect([ofTier(operations, 1), operations.length]).toEqual([working, all]);
  });
});

test('every bean belongs to a service', () => {
  const reached = new Set(SERVICES.flatMap((service) => CATALOGUE.beansOf(service).map(({ name }) => name)));
  expect(BEANS.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
});

describe('texts', () => {
  const all: [string, Text][] = [
    ...OPERATIONS.map(({ service, name, doc }): [string, Text] => [`${service}.${name}`, doc]),
    ...ACTIONS.map(({ module, name, doc }): [string, Text] => [`${module}/${name}`, doc]),
    ...[...OPERATIONS, ...ACTIONS].flatMap(({ name, parameters }) =>
      parameters.map((parameter): [string, Text] => [`${name}: ${parameter.name}`, parameter.doc]),
    ),
  ];

  test('stand in both languages, each in its own', () => {
    expect(
      all.filter(
        ([, { ru }]) => !/[а-яё]/i.test(ru) && /[a-z]{4}/i.test(ru.replaceAll(/\b(title|html|xml|debet|credit|contract)\b/gi, '')),
      ),
    ).toEqual([]);
    expect(all.filter(([, { en }]) => !/[a-z]/i.test(en) || /[а-яё]/i.test(en))).toEqual([]);
  });

  test('are short: one line without a full stop', () => {
    expect(all.filter(([, { ru, en }]) => [ru, en].some((text) => text.length > 110 || text.endsWith('.') || text.includes('\n')))).toEqual(
      [],
    );
  });

  test('no text of a parameter is left over', () => {
    const used = new Set(
      [...OPERATIONS, ...ACTIONS]
        .flatMap((one) => [...one.parameters, ...('out' in one ? one.out : [])])
        .map(({ doc: { ru, en } }) => `${ru}|${en}`),
    );
    const over = DOCUMENTED_PARAMETERS.filter((key) => {
      const [operation, name] = key.includes('.') ? key.split('.') : ['', key];
      const text = parameterText(operation!, name!) ?? expect.fail(key);
      return !used.has(`${text.ru}|${text.en}`);
    });
    expect(over).toEqual([]);
    expect(DOCUMENTED_PARAMETERS.filter((key, at) => DOCUMENTED_PARAMETERS.indexOf(key) !== at)).toEqual([]);
  });
});

describe('parameters that name the object', () => {
  const identifying = (name: string) => (parameter: Parameter) => parameter.identifies && parameter.name === name;

  test('contractId, cid and id identify wherever they are mandatory', () => {
    const named = OPERATIONS.flatMap(({ parameters }) => parameters).filter(({ name }) => ['contractId', 'cid', 'id'].includes(name));
    expect(named.length).toBeGreaterThan(180);
    expect(named.filter(({ identifies, optional }) => identifies === optional)).toEqual([]);
  });

  test('so does the one that goes by such a name in JSON', () => {
    expect(operation('ContractService', 'hasModuleInstance').parameters.map(({ name, identifies }) => [name, identifies])).toEqual([
      ['arg0', true],
      ['arg1', false],
    ]);
  });

  test('a filter does not', () => {
    expect(operation('ContractService', 'contractList').parameters.some(identifying('contractId'))).toBe(false);
    expect(operation('PaymentService', 'paymentGet').parameters.some(({ identifies }) => identifies)).toBe(false);
  });
});

test('only primitive parameters, and beans that the catalogue asks for, are mandatory', () => {
  const strings = OPERATIONS.flatMap(({ service, name, parameters }) =>
    parameters
      .filter(({ type, optional }) => !optional && 'scalar' in type && type.scalar === 'string')
      .map((one) => `${service}.${name}.${one.name}`),
  );
  expect(strings).toEqual([
    'ContractService.contractByTitle.contractTitle',
    'ContractStatusService.statusFutureTasks.entityType',
    'ContractStatusService.statusFutureTasks.taskStatus',
  ]);
});

describe('names of the interface, misspelt as they are (checklist 31)', () => {
  test('of operations and parameters', () => {
    expect(operation('TariffOptionService', 'contractTariffOptionActivateWhithSum').tier).toBe(2);
    expect(operation('ContractPatternService', 'numedNumberPatternList').kind).toBe('read');
    expect(operation('ServiceService', 'serviceGet').parameters).toMatchObject([{ name: 'serivceId', aliases: ['serviceId'] }]);
    expect(operation('InetServService', 'trafficTypeUpdate').parameters).toMatchObject([{ name: 'traficType' }]);
  });

  test('of beans', () => {
    const names = (of: string) => bean(of).fields.map(({ name }) => name);
    expect(names('balanceDistributeData')).toContain('amout');
    expect(names('monitorStatusResult')).toContain('contractTitile');
    expect(names('inetServ')).toContain('ipResSubsriptionId');
    expect(names('deviceType')).toContain('managmentType');
  });
});

describe('out-holders', () => {
  const shape = (service: string, name: string) => {
    const { result, out } = operation(service, name);
    return [result, out.map((one) => [one.name, one.type])];
  };

  test('stand behind the result', () => {
    expect(shape('PaymentService', 'paymentList')).toEqual([{ list: { bean: 'payment' } }, [['holderTotalSum', { scalar: 'decimal' }]]]);
    expect(shape('ContractService', 'contractList')).toEqual([{ list: { bean: 'contract' } }, [['page', { bean: 'page' }]]]);
  });

  test('stand alone where the operation itself answers nothing', () => {
    expect(shape('BillService', 'billDocumentDownload')).toEqual([
      null,
      [
        ['name', { scalar: 'string' }],
        ['data', { scalar: 'base64Binary' }],
      ],
    ]);
    expect(shape('InetSessionService', 'inetSessionExport')).toEqual([null, [['arg7', { scalar: 'base64Binary' }]]]);
  });
});

describe('faults', () => {
  test('are those that the catalogue names', () => {
    expect(operation('ContractAutopaymentService', 'isEnabled').faults).toEqual([
      'BGException',
      'BGIllegalAccessException',
      'BGIllegalArgumentException',
      'BGMessageException',
    ]);
    expect(operation('PaymentService', 'paymentGet').faults).toEqual(['BGException', 'BGMessageException']);
  });
});

describe('beans of a service', () => {
  const names = (service: string) => beansOf(service).map(({ name }) => name);

  test('are what signatures name, what that holds, and whatever may stand for it', () => {
    expect(names('ContractService')).toEqual(
      expect.arrayContaining(['contract', 'filterEntityAttrEmail', 'entityAttrPhone', 'phoneContact', 'contractParameterGroupAttr']),
    );
    expect(names('ContractService')).not.toContain('payment');
    expect(names('PaymentService')).toEqual(expect.arrayContaining(['payment', 'abstractBalanceBean', 'paymentTypeItem', 'page', 'id']));
    expect(names('PaymentService')).not.toContain('charge');
  });

  test('hold those of its values of any type', () => {
    expect(names('ContractLimitService')).toEqual(expect.arrayContaining(['contractLimitLog', 'contractLimitAvto']));
  });

  test('have the shapes of its namespace', () => {
    const email = (service: string) => beansOf(service).find(({ name }) => name === 'entityAttrEmail');
    expect(email('ContractService')?.fields.map(({ name }) => name)).toEqual(['value', 'contactList']);
    expect(email('InetDeviceService')?.fields.map(({ name }) => name)).toEqual(['data', 'contactList']);
    expect(email('InetDeviceService')?.discriminator).toBe('Email');
  });

  test('know the words by which JSON tells their kinds apart', () => {
    const words = BEANS.filter(({ name }) => name.startsWith('filterEntityAttr')).map(({ discriminator }) => discriminator);
    expect(words).toEqual([
      undefined,
      'Address',
      'Date',
      'House',
      'Int',
      'List',
      'MultiList',
      'Text',
      'Email',
      'Contract',
      'Boolean',
      'Phone',
    ]);
  });

  test('say where a dateTime is a day in JSON', () => {
    const days = BEANS.flatMap(({ name, fields }) => fields.filter(({ json }) => json === 'day').map((field) => `${name}.${field.name}`));
    expect(days).toEqual(['contract.dateFrom', 'contract.dateTo', 'contract.statusTimeChange']);
  });
});

import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { createRegistry } from '../catalogue/registry.ts';

test('the registry takes the whole catalogue: every bean of every service resolves', () => {
  const registry = createRegistry(CATALOGUE, [], []);
  expect(registry.services).toHaveLength(47);
  expect(registry.actions).toHaveLength(116);
  expect(registry.rights['billing.call.PaymentService.paymentGet']).toBe('A payment by its number');
});

describe('addresses', () => {
  const registry = createRegistry(CATALOGUE, [], []);

  test.each([
    ['ru.bitel.bgbilling.kernel.contract.api', 'ContractLimitService', 'http://service.common.limit.contract.kernel.bgbilling.bitel.ru/'],
    [
      'ru.bitel.bgbilling.kernel.contract.api',
      'ContractParameterService',
      'http://service.common.param.contract.kernel.bgbilling.bitel.ru/',
    ],
    [
      'ru.bitel.bgbilling.kernel.contract.param',
      'ContractParameterServiceOld',
      'http://service.common.param.contract.kernel.bgbilling.bitel.ru/',
    ],
    ['ru.bitel.bgbilling.modules.inet', 'InetServService', 'http://service.common.api.inet.modules.bgbilling.bitel.ru/'],
  ])('%s/%s keeps its namespace', (packageName, name, namespace) => {
    expect(registry.service(packageName, name)?.service.namespace).toBe(namespace);
  });

  test('what is known and not published has none', () => {
    expect(registry.service('ru.bitel.bgbilling.kernel.bgsecure', 'UserRightService')).toBeUndefined();
  });
});

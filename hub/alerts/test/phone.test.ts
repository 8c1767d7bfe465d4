import { expect, test } from 'vitest';
import { normalPhone } from '../phone.ts';

const RUSSIA = { country: '7', trunk: '8' };

test.each([
  ['+7 916 123-45-67', '+79161234567'],
  ['8 (916) 123-45-67', '+79161234567'],
  ['9161234567', '+79161234567'],
  ['79161234567', '+79161234567'],
  ['+1 212 555 0100', '+12125550100'],
  ['12-34', '1234'],
  ['4\u00a0501', '4501'],
])('%s is dialled as %s', (raw, normal) => {
  expect(normalPhone(raw, RUSSIA)).toBe(normal);
});

test.each(['', '+', 'call me', '8916123456x', '123456789012345678901', '+7+916', '٣٤٥'])('%j is no phone', (raw) => {
  expect(normalPhone(raw, RUSSIA)).toBeUndefined();
});

test('a country without a prefix keeps eleven digits as they are', () => {
  expect(normalPhone('89161234567', { country: '7', trunk: '' })).toBe('+89161234567');
});

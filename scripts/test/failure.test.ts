import { expect, test } from 'vitest';
import { npmFailure } from '../setup/failure.mjs';

/** What npm says, and what the person is told. */
const FACES: [string, RegExp, RegExp][] = [
  ['npm error code ENOTFOUND\nnpm error network request to https://r.example/x failed', /registry does not answer/, /proxy/],
  ['npm error code EAI_AGAIN', /registry does not answer/, /network/],
  ['npm error code ECONNREFUSED', /registry does not answer/, /registry/],
  ['npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write', /the disk is full/, /Free about 1 GB/],
  ['npm error code SELF_SIGNED_CERT_IN_CHAIN', /certificate is not trusted/, /cafile/],
  ['npm error code E401\nnpm error Unable to authenticate', /refused the login/, /npm login/],
  ["npm error code E404\nnpm error 404 Not Found - GET x - 'y' is not in this registry.", /lacks a package/, /mirrors/],
  ['npm error code ETARGET\nnpm error notarget No matching version found', /lacks a package/, /mirrors/],
  ['npm error code EINTEGRITY', /not what package-lock.json says/, /cache clean/],
  [
    'npm error code EUSAGE\nnpm error `npm ci` can only install packages when your package.json and package-lock.json are in sync',
    /does not fit package.json/,
    /npm install/,
  ],
  ['npm error code EACCES\nnpm error syscall mkdir', /may not write here/, /owns the checkout/],
  ['Segmentation fault', /npm ended with 139/, /Correct the cause/],
];

test.each(FACES)('%s', (output, what, next) => {
  const failure = npmFailure(output, 139);
  expect(failure.message).toMatch(what);
  expect(failure.nextStep).toMatch(next);
  for (const line of output.split('\n')) expect(failure.message).toContain(`  | ${line}`);
});

test('only the last twenty lines are shown', () => {
  const { message } = npmFailure(Array.from({ length: 50 }, (_, n) => `line ${n}.`).join('\n'), 1);
  expect(message).toContain('| line 49.');
  expect(message).toContain('| line 30.');
  expect(message).not.toContain('| line 29.');
});

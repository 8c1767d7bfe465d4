import { exportKey, keyToPem, makeLeaf, makeRoot, newKeyPair } from '../../../../core/identity/certificate.ts';

/** A server's certificate with its key and the authority that signed it, all PEM. */
export interface TlsPair {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate for an hour's tests, for these host names and addresses. */
export async function makeTlsPair(...names: string[]): Promise<TlsPair> {
  const now = Temporal.Now.instant();
  const rootKeys = await newKeyPair();
  const root = await makeRoot('Authority of the tests', rootKeys, now.subtract({ hours: 1 }), 1);
  const keys = await newKeyPair();
  const leaf = await makeLeaf(
    { certificate: root, key: rootKeys.privateKey },
    {
      commonName: names[0] ?? '',
      publicKey: keys.publicKey,
      usage: 'server',
      names: names.map((value) => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value })),
      now,
      days: 1,
    },
  );
  return { ca: root.toString('pem'), cert: leaf.toString('pem'), key: keyToPem(await exportKey(keys.privateKey)) };
}

import { createHash } from 'node:crypto';
import { CATALOGUE } from '../../hub/billing/catalogue/catalogue.ts';
import { createRegistry, type Registry } from '../../hub/billing/catalogue/registry.ts';
import { registryOf } from '../../hub/billing/catalogue/release-shapes.ts';
import { wsdlOf } from '../../hub/billing/wire/soap/wsdl.ts';

const digestsOf = ({ services }: Registry): [name: string, digest: string][] =>
  services.map((served) => [served.service.name, createHash('sha256').update(wsdlOf(served)('http://hub.example/')).digest('hex')]);

/**
 * The digests of all WSDLs, as `sha256sum` writes them: programs of others are built from these texts, so a change of one must be seen by whoever makes it
 * (spec billing 5.2). Of the release 9.2501 only those that differ from release 7.
 */
export function renderWsdlDigests(): string {
  const registry = createRegistry(CATALOGUE, [], []);
  const first = digestsOf(registry);
  const known = new Set(first.map(([, digest]) => digest));
  const later = digestsOf(registryOf(registry, '9.2501')).filter(([, digest]) => !known.has(digest));
  const lines = (release: string, digests: typeof first): string[] =>
    digests.map(([name, digest]) => `${digest}  ${release}/${name}.wsdl\n`);
  return [...lines('7', first), ...lines('9.2501', later)].join('');
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderSchemas } from '../../hub/tickets/xml/xsd.ts';
import { renderAlertsProtocol } from './alerts-protocol.ts';
import { renderBillingReference } from './billing-reference.ts';
import { renderWsdlDigests } from './billing-wsdl.ts';
import { renderCallbackEvents } from './callback-events.ts';
import { renderConfiguration } from './configuration.ts';
import { renderErrors } from './errors.ts';
import { renderOutputs } from './outputs.ts';

/** A file of the checkout that is made from code. */
interface Page {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every generated file, as the code of this moment would have it. */
function renderPages(): Page[] {
  return [
    { path: 'docs/alerts-protocol.md', text: renderAlertsProtocol('en') },
    { path: 'docs/alerts-protocol.ru.md', text: renderAlertsProtocol('ru') },
    { path: 'docs/billing-reference.md', text: renderBillingReference('en') },
    { path: 'docs/billing-reference.ru.md', text: renderBillingReference('ru') },
    { path: 'docs/callback-events.md', text: renderCallbackEvents('en') },
    { path: 'docs/callback-events.ru.md', text: renderCallbackEvents('ru') },
    { path: 'hub/billing/wire/soap/wsdl.sha256', text: renderWsdlDigests() },
    { path: 'docs/configuration.md', text: renderConfiguration() },
    { path: 'docs/errors.md', text: renderErrors() },
    ...renderOutputs(ROOT),
    ...Array.from(renderSchemas(), ([name, text]) => ({ path: `hub/tickets/xml/schemas/${name}`, text })),
  ];
}

function isStale({ path, text }: Page): boolean {
  const file = join(ROOT, path);
  return !existsSync(file) || readFileSync(file, 'utf8').replaceAll('\r\n', '\n') !== text;
}

/** Paths of the generated files that no longer say what the code says. */
export function stalePages(): string[] {
  return renderPages()
    .filter(isStale)
    .map(({ path }) => path);
}

/** Writes the generated files anew. @returns paths of those that changed. */
export function writePages(): string[] {
  const stale = renderPages().filter(isStale);
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  return stale.map(({ path }) => path);
}

import type { TypeRef } from '../catalogue/descriptor.ts';
import { actionExample, operationExamples } from '../catalogue/examples.ts';
import type { Registry, ServedAction, ServedOperation, ServedService } from '../catalogue/registry.ts';
import { contentText } from './xml-text.ts';

const STYLE =
  '<style>body{font:15px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}code{background:#f3f3f3}pre{overflow:auto}article{margin:1rem 0}.tier2{opacity:.6}</style>';

/**
 * The reference below every prefix (spec billing 3.3): each operation and action with its parameters, result, right, tier and one call of each protocol, in
 * both languages. Made from the catalogue when it is first asked for.
 */
export interface Docs {
  /** @param service of this service alone; undefined: of all, and of the actions */
  page(service?: string): string;
}

export function createDocs(registry: Registry): Docs {
  const pages = new Map<string, string>();
  const document = (inside: string): string =>
    `<!doctype html><html lang="ru"><meta charset="utf-8"><title>Vestnik: billing</title>${STYLE}${inside}</html>`;
  const serviceText = (served: ServedService): string => {
    const { name, package: home } = served.service;
    const operations = [...served.operations.values()].map((one) => operationText(served, one)).join('');
    return `<section id="${name}"><h2>${name}</h2><p><code>${contentText(home)}</code></p>${operations}</section>`;
  };
  const everything = (): string => {
    const modules = Map.groupBy(registry.actions, ({ action }) => action.module);
    const actions = Array.from(
      modules,
      ([module, all]) => `<section><h2>module=${contentText(module)}</h2>${all.map(actionText).join('')}</section>`,
    );
    return (
      '<h1>Billing</h1><p>SOAP, JSON: <code>executer/[json/]&lt;package&gt;/&lt;Service&gt;</code>; XML: <code>executer?module=&amp;action=</code></p>' +
      `<h1>Web services</h1>${registry.services.map(serviceText).join('')}<h1>XML actions</h1>${actions.join('')}`
    );
  };
  return {
    page(service) {
      const served = registry.services.find((one) => one.service.name === service);
      const key = served?.service.name ?? '';
      const made = pages.get(key) ?? document(served ? serviceText(served) : everything());
      pages.set(key, made);
      return made;
    },
  };
}

const typeText = (type: TypeRef | null): string =>
  type === null ? '—' : 'scalar' in type ? type.scalar : 'bean' in type ? type.bean : `${typeText(type.list)}[]`;

const rowText = (name: string, type: string, ru: string, en: string): string =>
  `<li><code>${contentText(name)}${type === '' ? '' : `: ${contentText(type)}`}</code> ${contentText(ru)} / ${contentText(en)}</li>`;

const exampleText = (title: string, example: string): string =>
  `<details><summary>${title}</summary><pre><code>${contentText(example)}</code></pre></details>`;

function operationText(served: ServedService, { operation, right }: ServedOperation): string {
  const examples = operationExamples(served, operation);
  const { name, parameters, result, out, tier, kind, doc, since } = operation;
  const rows = parameters.map((one) => rowText(`${one.name}${one.optional ? '?' : ''}`, typeText(one.type), one.doc.ru, one.doc.en));
  const holders = out.map((one) => `; ${one.name}: ${typeText(one.type)}`).join('');
  return (
    `<article class="tier${tier}"><h3>${name}</h3><p>${contentText(doc.ru)} / ${contentText(doc.en)}</p><ul>${rows.join('')}</ul>` +
    `<p><code>${contentText(typeText(result) + holders)}</code> · ${kind} · tier ${tier}${since === undefined ? '' : ` · ${contentText(since)}`} · <code>${right}</code></p>${exampleText('JSON', examples.json)}${exampleText('SOAP', examples.soap)}</article>`
  );
}

function actionText({ action, right }: ServedAction): string {
  const rows = action.parameters.map(({ name, optional, doc }) =>
    rowText(`${name}${optional ? '?' : ''}`, '', doc?.ru ?? '', doc?.en ?? ''),
  );
  return (
    `<article class="tier${action.tier}"><h3>${contentText(action.name)}</h3><p>${contentText(action.doc.ru)} / ${contentText(action.doc.en)}</p><ul>${rows.join('')}</ul>` +
    `<p>${action.kind} · tier ${action.tier} · <code>${contentText(right)}</code></p>${exampleText('GET', actionExample(action))}</article>`
  );
}

import { attributeText, contentText } from '../../wire/xml-text.ts';
import type { PlanCall, PlanValue } from './soap-plan.ts';

const INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';

/** As JAXB writes an object: attributes in the order of the class, elements unqualified, the class told where it is not the declared one. */
function written(name: string, value: PlanValue): string {
  if (Array.isArray(value)) return value.map((one: PlanValue) => written(name, one)).join('');
  if (typeof value !== 'object') return `<${name}>${contentText(String(value))}</${name}>`;
  if ('base64' in value) return `<${name}>${value.base64}</${name}>`;
  if (!('bean' in value)) return '';
  const kind = value.typed ? ` xmlns:xsi="${INSTANCE}" xsi:type="ns2:${value.bean}"` : '';
  const textOf = (one: PlanValue): string =>
    Array.isArray(one) ? one.join(' ') : typeof one === 'object' && 'base64' in one ? one.base64 : String(one);
  const attributes = Object.entries(value.attributes).map(([key, one]) => ` ${key}="${attributeText(textOf(one))}"`);
  const children = value.order.map((key) => {
    const { item, items } = value.wrapped[key] ?? {};
    if (item !== undefined && items !== undefined) return `<${key}>${written(item, items)}</${key}>`;
    return written(key, value.elements[key] ?? '');
  });
  const inside = children.join('');
  return `<${name}${kind}${attributes.join('')}${inside === '' ? '/>' : `>${inside}</${name}>`}`;
}

/** A call as the reference implementation of JAX-WS writes it. */
export const soapMessage = (namespace: string, { operation, params }: PlanCall): string =>
  `<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>` +
  `<ns2:${operation} xmlns:ns2="${namespace}" xmlns:ns3="http://common.bitel.ru">${Object.entries(params)
    .map(([name, value]) => written(name, value))
    .join('')}</ns2:${operation}></S:Body></S:Envelope>`;

// Calls every operation of a plan with the npm package `soap`, which the benchmarks bring: node soap-calls.mjs PLAN. Prints one JSON with an outcome for
// each call. It takes attributes and the class of an object by keys of its own, all else by the types of the WSDL.
import { readFileSync } from 'node:fs';
import { BasicAuthSecurity, createClientAsync } from 'soap';

/** @param {any} value @returns {any} */
function build(value) {
  if (Array.isArray(value)) return value.map(build);
  if (typeof value !== 'object' || value === null) return value;
  if ('base64' in value) return value.base64;
  /** @type {Record<string, any>} */
  const attributes = Object.fromEntries(
    Object.entries(value.attributes).map(([name, one]) => [name, Array.isArray(one) ? one.join(' ') : build(one)]),
  );
  if (value.typed) attributes.xsi_type = { prefix: 'own', type: value.bean, xmlns: value.namespace };
  /** @type {Record<string, any>} */
  const made = { attributes };
  for (const [name, one] of Object.entries(value.elements)) made[name] = build(one);
  for (const name of Object.keys(value.wrapped)) made[name] = { [value.wrapped[name].item]: build(value.wrapped[name].items) };
  return made;
}

/** How many words stand in all that was decoded. @param {any} value @returns {number} */
function words(value) {
  if (value === null || value === undefined) return 0;
  if (value instanceof Date) return 1;
  if (Array.isArray(value)) return value.map(words).reduce((sum, one) => sum + one, 0);
  if (typeof value === 'object')
    return words(Object.entries(value).flatMap(([key, one]) => (key.startsWith('xsi:') || key.startsWith('xmlns') ? [] : [one])));
  return String(value)
    .split(/\s+/)
    .filter((word) => word !== '').length;
}

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const clients = new Map();
const outcomes = [];
for (const { url, operation, params } of plan.calls) {
  try {
    let client = clients.get(url);
    if (!client) {
      client = await createClientAsync(`${url}?wsdl`);
      client.setSecurity(new BasicAuthSecurity(plan.login, plan.password));
      clients.set(url, client);
    }
    try {
      const [answer] = await client[`${operation}Async`](
        Object.fromEntries(Object.entries(params).map(([name, one]) => [name, build(one)])),
      );
      outcomes.push({ words: words(answer), sent: client.lastRequest, received: client.lastResponse });
    } catch (thrown) {
      const error = /** @type {any} */ (thrown);
      const fault = error.root?.Envelope?.Body?.Fault;
      if (!fault) throw error;
      outcomes.push({ fault: fault.faultstring, detail: Object.keys(fault.detail ?? {}), sent: client.lastRequest });
    }
  } catch (error) {
    outcomes.push({ error: String(error) });
  }
}
process.stdout.write(JSON.stringify(outcomes));

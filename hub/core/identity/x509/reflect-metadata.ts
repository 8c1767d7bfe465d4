/**
 * @peculiar/x509 finds its algorithms through tsyringe, which refuses to load unless somebody has given `Reflect` the metadata functions of
 * an abandoned proposal. These three are all that it calls. Definitions of a real polyfill, should one be loaded, stay in force.
 */
type Metadata = Map<unknown, unknown>;

const store = new WeakMap<object, Metadata>();

const own = (key: unknown, target: object): unknown => store.get(target)?.get(key);

const inherited = (key: unknown, target: object): unknown => {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at)) if (store.get(at)?.has(key)) return own(key, at);
  return undefined;
};

const define = (key: unknown, value: unknown, target: object): void => {
  const present = store.get(target) ?? new Map();
  store.set(target, present.set(key, value));
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define });

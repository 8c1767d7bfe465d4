/** What a call of REST answered. */
export interface RestAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** The hub's REST interface as an administrator's program uses it. */
export interface Rest {
  /** @throws Error with the hub's own words when it refuses. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
  /** The same, for calls that may be refused. */
  ask<T>(method: string, path: string, body?: object): Promise<RestAnswer<T>>;
  /** Sends a file. @throws Error with the hub's own words when it refuses. */
  send<T>(path: string, query: Readonly<Record<string, string>>, type: string, content: string): Promise<T>;
  /** Takes a file. @throws Error when it is refused. */
  bytes(path: string): Promise<Uint8Array>;
}

/** @param language of the messages that the hub answers. */
export function createRest(origin: string, login: string, password: string, language: 'ru' | 'en'): Rest {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const ask = async <T>(method: string, path: string, body?: object): Promise<RestAnswer<T>> => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { authorization, 'accept-language': language, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  };
  const headers = { authorization, 'accept-language': language };
  return {
    ask,
    async send<T>(path: string, query: Readonly<Record<string, string>>, type: string, content: string): Promise<T> {
      const more = `${path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
      const response = await fetch(`${origin}/api/v1${path}${more}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body: content,
      });
      if (response.ok) return (await response.json()) as T;
      throw new Error(`POST ${path} was answered ${response.status}: ${await response.text()}`);
    },
    async bytes(path) {
      const response = await fetch(`${origin}/api/v1${path}`, { headers });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      throw new Error(`GET ${path} was answered ${response.status}: ${await response.text()}`);
    },
    async call<T>(method: string, path: string, body?: object): Promise<T> {
      const answer = await ask<T>(method, path, body);
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    },
  };
}

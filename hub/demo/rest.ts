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
  return {
    ask,
    async call<T>(method: string, path: string, body?: object): Promise<T> {
      const answer = await ask<T>(method, path, body);
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    },
  };
}

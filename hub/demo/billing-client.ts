/** A payment desk of the demonstration, which speaks the three protocols of the billing as foreign programs do. */
export interface BillingClient {
  /** How many calls were made. */
  readonly calls: number;
  /** An XML action. @returns the answer */
  action(module: string, name: string, params: Readonly<Record<string, string>>): Promise<string>;
  /** An operation over JSON; amounts come as text. @returns what it returns */
  json<T>(service: string, method: string, params: object): Promise<T>;
  /** An operation over SOAP. @param inside what stands in the wrapper. @returns the answer */
  soap(service: string, namespace: string, operation: string, inside: string): Promise<string>;
}

/** Amounts of answers are numbers with two decimals; as texts they stay what they are. */
const withTextAmounts = (text: string): string => text.replace(/:(-?\d+\.\d\d)(?=[,}\]])/g, ':"$1"');

/** @throws Error, of every call, with the hub's own words when it refuses */
export function createBillingClient(origin: string, login: string, password: string): BillingClient {
  let calls = 0;
  const send = async (path: string, body: string | URLSearchParams, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    calls += 1;
    return (await fetch(`${origin}/executer${path}`, { method: 'POST', body, headers })).text();
  };
  return {
    get calls() {
      return calls;
    },
    async action(module, name, params) {
      const answer = await send(
        '',
        new URLSearchParams({ user: login, pswd: password, authToSession: '0', module, action: name, ...params }),
      );
      if (!answer.includes('status="ok"')) throw new Error(`${module}/${name} was answered ${answer}`);
      return answer;
    },
    async json<T>(service: string, method: string, params: object): Promise<T> {
      const text = await send(`/json/${service}`, JSON.stringify({ method, user: { user: login, pswd: password }, params }));
      const answer = JSON.parse(withTextAmounts(text)) as { status: string; data: { return: T } };
      if (answer.status !== 'ok') throw new Error(`${method} was answered ${text}`);
      return answer.data.return;
    },
    async soap(service, namespace, operation, inside) {
      const auth = `<a:auth xmlns:a="http://ws.base.kernel.bgbilling.bitel.ru/" user="${login}" pswd="${password}"/>`;
      const call = `<b:${operation} xmlns:b="${namespace}">${inside}</b:${operation}>`;
      const envelope = `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header>${auth}</S:Header><S:Body>${call}</S:Body></S:Envelope>`;
      const answer = await send(`/${service}`, envelope, { 'content-type': 'text/xml;charset=utf-8' });
      if (!answer.includes(`${operation}Response`)) throw new Error(`${operation} was answered ${answer}`);
      return answer;
    },
  };
}

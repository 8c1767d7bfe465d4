import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Route, route } from '../../core/http/route.ts';
import { answerParts } from '../bin.ts';
import { type BinGate, noBin } from '../bin-gate.ts';
import type { Bins } from '../bins.ts';
import { MASK, secretNames } from '../header-secrets.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** Nothing that an answer holds may run or load anything, should a browser open it. */
const POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";
const SECRET = secretNames([]);

const tokenOf = (request: FastifyRequest): string => String((request.params as { token?: unknown }).token);

/** The headers as they came, in their order and letter case; credentials as `***`. */
function headersOf(request: FastifyRequest): (readonly [string, string])[] {
  const { rawHeaders } = request.raw;
  const headers: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    headers.push([name, SECRET.has(name.toLowerCase()) ? MASK : (rawHeaders[at + 1] as string)]);
  }
  return headers;
}

export interface PublicBinPorts {
  readonly bins: Bins;
  readonly gate: BinGate;
  readonly binBase: string;
  /** Of a body. */
  readonly mostBytes: number;
}

/** `/bin/{token}` of the hub's own listener: any program may send to a bin, without login and without the interface (spec 6.6). */
export function publicBinRoutes({ bins, gate, binBase, mostBytes }: PublicBinPorts): Route[] {
  const take = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const token = tokenOf(request);
    const gone = new AbortController();
    const abort = (): void => gone.abort();
    reply.raw.once('close', abort);
    const taken = await bins.take(token, {
      via: 'http',
      personal: false,
      method: request.method,
      url: `${binBase}${request.url.slice('/bin'.length)}`,
      headers: headersOf(request),
      body: Buffer.isBuffer(request.body) ? request.body : undefined,
    });
    if (!taken) {
      gate.forget(token);
      throw noBin();
    }
    const { answer } = taken;
    const waited = await bins.pause(answer.delay * 1000, gone.signal);
    if (answer.close || !waited) {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    const { status, headers, body } = answerParts(answer);
    for (const [name, value] of headers) reply.header(name, value);
    return reply.code(status).header('content-security-policy', POLICY).send(body);
  };
  return METHODS.map((method) =>
    route({
      method,
      path: '/bin/:token',
      right: 'public',
      summary: 'Send anything to a request bin',
      raw: 'any',
      bodyLimit: mostBytes,
      async admit(request, reply) {
        await gate.enter(tokenOf(request));
        reply.raw.once('close', () => gate.leave());
      },
      handle: ({ request, reply }) => take(request, reply),
    }),
  );
}

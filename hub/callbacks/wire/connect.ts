import { once } from 'node:events';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { type AddressPolicy, addressFault } from '../guard/address-policy.ts';
import type { Target } from '../guard/judge-address.ts';
import { classify } from '../guard/ranges.ts';
import { WireFault } from './fault.ts';
import { openTunnel } from './proxy.ts';
import type { Resolve } from './resolve.ts';

/** Opens a TCP connection to one of some addresses, all of the same name. Tests put another in its place. */
export type Dial = (addresses: readonly string[], port: number) => Socket;

/** When the steps of connecting were over, by `performance.now()`; 0: not yet. */
export interface ConnectMarks {
  lookup: number;
  connect: number;
  tls: number;
}

export interface ConnectPorts {
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
  readonly dial: Dial;
  readonly proxy: URL | undefined;
}

/** After so much silence the system asks whether the other side still lives. Milliseconds. */
const KEEP_ALIVE_PROBE = 10_000;

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

/** Node tries the addresses in turn, each for a while (RFC 8305); none but these. */
export const dialAddresses: Dial = (addresses, port) => {
  const vetted = addresses.map((address) => ({ address, family: familyOf(address) }));
  const [first] = vetted;
  const lookup: LookupFunction = (_host, options, answer) =>
    options.all ? answer(null, vetted) : answer(null, first?.address ?? '', first?.family);
  // A literal is not looked up by Node; a name of ours that is none, always.
  return connectTcp({ host: 'vetted.invalid', port, lookup, autoSelectFamily: true });
};

/** Resolves when the socket says `event`; destroys it and rejects when that does not come to pass. */
async function reached(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw signal.aborted ? signal.reason : error;
  }
}

/** Stage 5: all addresses of the name, or none when one of them is not permitted. */
async function vettedAddresses({ host, literal, port, entry }: Target, { policy, resolve }: ConnectPorts): Promise<readonly string[]> {
  // Judged already: stage 4.
  if (literal) return [host];
  const addresses = await resolve(host);
  for (const address of addresses) {
    const found = addressFault(address, port, policy, entry.networks);
    if (found) {
      const secret = `stage 5: ${host} resolves to ${address} (${found.fault}, ${found.found.range})`;
      throw new WireFault('address_refused', 'the address cannot be a receiver of callbacks', { secret });
    }
  }
  return addresses;
}

/** Stage 6: the other side is one of those that were vetted. */
function checkPeer(socket: Socket, vetted: readonly string[]): void {
  const peer = socket.remoteAddress;
  if (peer !== undefined && vetted.some((address) => classify(address).address === classify(peer).address)) return;
  socket.on('error', () => undefined).destroy();
  const secret = `stage 6: connected to ${peer ?? 'nobody'}, vetted was ${vetted.join(', ')}`;
  throw new WireFault('address_refused', 'the address cannot be a receiver of callbacks', { secret });
}

/** Stage 7: the name of the URL, whatever address was dialled; verification cannot be switched off, not by the environment either. */
async function secured(socket: Socket, host: string, literal: boolean, context: SecureContext, signal: AbortSignal): Promise<TLSSocket> {
  const secure = connectTls({
    socket,
    host,
    ...(!literal && { servername: host }),
    secureContext: context,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
  await reached(secure, 'secureConnect', signal);
  return secure;
}

async function throughProxy(target: Target, proxy: URL, contextOf: () => SecureContext, signal: AbortSignal): Promise<Socket> {
  const port = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  try {
    const context = proxy.protocol === 'https:' ? contextOf() : undefined;
    const plain = connectTcp({ host, port, autoSelectFamily: true });
    await reached(plain, 'connect', signal);
    const socket = context ? await secured(plain, host, isIP(host) > 0, context, signal) : plain;
    const end = (): void => void socket.destroy();
    signal.addEventListener('abort', end);
    try {
      await openTunnel(socket, proxy, `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`);
    } catch (error) {
      end();
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
    }
    return socket;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw error instanceof WireFault && !signal.aborted
      ? error
      : new WireFault('proxy_error', `the egress proxy ${proxy.host} cannot be used: ${message}`, { cause: error });
  }
}

/**
 * Opens a connection for one target: looks up and vets (stage 5), dials, checks the other side (stage 6), speaks TLS (stage 7). Through the
 * egress proxy, stages 5 and 6 are the proxy's.
 * @param contexts `own`: certificates and CA of this target; `proxy`: those for the proxy.
 * @throws WireFault, or what Node and OpenSSL throw; the reason of `signal` when that ended it. No byte of HTTP has been sent then.
 */
export async function openConnection(
  target: Target,
  contexts: { readonly own: () => SecureContext; readonly proxy: () => SecureContext },
  ports: ConnectPorts,
  marks: ConnectMarks,
  signal: AbortSignal,
): Promise<Socket> {
  // First of all: certificates that cannot be used need no connection.
  const context = target.secure ? contexts.own() : undefined;
  let socket: Socket;
  if (ports.proxy) {
    socket = await throughProxy(target, ports.proxy, contexts.proxy, signal);
  } else {
    const stop = Promise.withResolvers<never>();
    const end = (): void => stop.reject(signal.reason);
    signal.addEventListener('abort', end);
    const addresses = await Promise.race([vettedAddresses(target, ports), stop.promise]).finally(() =>
      signal.removeEventListener('abort', end),
    );
    marks.lookup = performance.now();
    socket = ports.dial(addresses, target.port);
    await reached(socket, 'connect', signal);
    checkPeer(socket, addresses);
  }
  socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE);
  marks.connect = performance.now();
  if (!context) return socket;
  const secure = await secured(socket, target.host, target.literal, context, signal);
  marks.tls = performance.now();
  return secure;
}

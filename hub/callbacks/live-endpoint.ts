import type { Turn } from '../core/deliveries/policy.ts';
import type { EndpointSettings } from './endpoint.ts';
import { type EndpointSecrets, returnSecrets } from './endpoint-secrets.ts';
import type { Family } from './family.ts';
import { secretNames } from './header-secrets.ts';
import { type Selection, type Sight, selectionOf } from './matching.ts';
import { type CompiledMessage, compileMessage } from './message.ts';
import { createNext } from './schedule.ts';
import { compileSuccess, type SuccessRule } from './success.ts';

/** A key of signatures, and until when it signs. Milliseconds since 1970; infinite for the newest. */
export interface SigningKey {
  readonly key: Buffer;
  readonly until: number;
}

/** One version of an endpoint, compiled: everything that an attempt needs, worked out once. */
export interface EndpointProgram {
  readonly versionId: number;
  readonly version: number;
  /** With `***` for secrets. */
  readonly settings: EndpointSettings;
  /** With the secrets in its headers; undefined when its templates, good when they were saved, no longer are. */
  readonly message: CompiledMessage | undefined;
  /** Why there is no message. */
  readonly fault: string | undefined;
  /** Names of headers that the log must hide, in small letters. */
  readonly secretHeaders: ReadonlySet<string>;
  /** The same object for every attempt of the version. */
  readonly tls: { readonly cert?: string; readonly key?: string; readonly ca?: string } | undefined;
  readonly selection: Selection;
  readonly success: SuccessRule;
  /** When the next attempt is due, milliseconds since 1970; undefined when the attempts are used up. */
  next(turn: Turn): number | undefined;
}

/** An endpoint as the hub works with it. One that was disabled by the hub still gets deliveries, which are held. */
export interface LiveEndpoint extends EndpointProgram {
  readonly id: number;
  readonly family: Family;
  readonly organizationId: number | null;
  readonly name: string;
  readonly enabled: boolean;
  readonly disabledBy: 'user' | 'hub' | null;
  /** What its owner may see. */
  readonly sees: Sight;
  /** The newest first. */
  readonly signingKeys: readonly SigningKey[];
}

/** Compiles a version. @param dictionaries those that it was compiled with when it was saved: later ones change nothing. */
export function compileEndpoint(
  about: {
    readonly family: Family;
    readonly versionId: number;
    readonly version: number;
    readonly settings: EndpointSettings;
    readonly dictionaries: readonly string[];
  },
  secrets: EndpointSecrets,
  random: () => number,
): EndpointProgram {
  const { family, versionId, version, settings } = about;
  const whole = returnSecrets(settings, secrets);
  // It was tried when it was saved; a stricter trial must not stop what works.
  const { message, findings } = compileMessage(
    {
      family,
      method: whole.method,
      url: whole.url,
      headers: whole.headers,
      body: whole.body,
      bodyFormat: whole.body_format,
      unknown: whole.unknown,
      signing: whole.signing,
      dictionaries: about.dictionaries,
    },
    'none',
  );
  const { client_cert, ca } = whole;
  return {
    versionId,
    version,
    settings,
    message,
    fault: message ? undefined : (findings.find(({ severity }) => severity === 'error')?.message ?? 'the templates cannot be compiled'),
    secretHeaders: secretNames(settings.secret_headers),
    tls: client_cert || ca ? { ...(client_cert && { cert: client_cert.certificate, key: client_cert.key }), ...(ca && { ca }) } : undefined,
    selection: selectionOf(family, settings),
    success: compileSuccess(settings.success, settings.success_body),
    next: createNext(settings.schedule, settings.max_attempts, random),
  };
}

/** The keys that sign at a moment, the newest first; none when signing is off. @param now milliseconds since 1970. */
export const keysAt = ({ settings, signingKeys }: Pick<LiveEndpoint, 'settings' | 'signingKeys'>, now: number): Buffer[] =>
  settings.signing ? signingKeys.filter(({ until }) => now < until).map(({ key }) => key) : [];

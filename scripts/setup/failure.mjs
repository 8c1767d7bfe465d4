/** An expected failure of the set-up: what went wrong, and what the person does next. */
export class SetupFailure extends Error {
  /**
   * @param {string} message
   * @param {string} nextStep
   * @param {number} [exitCode]
   */
  constructor(message, nextStep, exitCode = 1) {
    super(message);
    this.nextStep = nextStep;
    this.exitCode = exitCode;
  }
}

/**
 * Known faces of a failed `npm ci`, told by its output; the first that fits counts.
 * @type {readonly { sign: RegExp, what: string, next: string }[]}
 */
const FACES = [
  { sign: /ENOSPC|no space left/i, what: 'the disk is full', next: 'Free about 1 GB where the checkout lies, then repeat the command.' },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network (?:request|connectivity)|socket hang up|ERR_SOCKET_TIMEOUT/i,
    what: 'the package registry does not answer',
    next: 'Check the network, the proxy (npm config get proxy) and the registry (npm config get registry), then repeat the command.',
  },
  {
    sign: /UNABLE_TO_|CERT_|SELF_SIGNED|certificate/i,
    what: "the registry's certificate is not trusted here",
    next: 'Behind a proxy that opens TLS, name its certificate authority: npm config set cafile FILE. Then repeat the command.',
  },
  { sign: /\bE40[13]\b|ENEEDAUTH/, what: 'the registry refused the login', next: 'Log in to it (npm login), then repeat the command.' },
  {
    sign: /\bE404\b|ETARGET|notarget/i,
    what: 'the registry lacks a package that package-lock.json names',
    next: 'Use a registry that mirrors the whole public one (npm config get registry).',
  },
  {
    sign: /EINTEGRITY/,
    what: 'a package is not what package-lock.json says',
    next: 'Clear the cache (npm cache clean --force), then repeat the command.',
  },
  { sign: /\bEUSAGE\b/, what: 'package-lock.json does not fit package.json', next: 'Bring them together: npm install. Then commit both.' },
  {
    sign: /EACCES|EPERM|EROFS/,
    what: 'npm may not write here',
    next: 'Run as the user who owns the checkout, or clone it anew as the user you are. On Windows, close programs that hold files of node_modules.',
  },
];

const LAST_LINES = 20;

/**
 * The failure of `npm ci`, told from what it printed.
 * @param {string} output standard output and error together
 * @param {number} code exit code
 */
export function npmFailure(output, code) {
  const face = FACES.find(({ sign }) => sign.test(output));
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/EBADENGINE/.test(line))
    .slice(-LAST_LINES)
    .map((line) => `  | ${line}`);
  const what = face ? face.what : `npm ended with ${code}`;
  return new SetupFailure(
    [...lines, `The packages could not be installed: ${what}.`].join('\n'),
    face
      ? face.next
      : 'The lines above are the end of what npm said; its full log is named there. Correct the cause, then repeat the command.',
  );
}

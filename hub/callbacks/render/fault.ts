/**
 * A message that cannot be sent, and never will be with these values (spec callbacks 6.1, `rejected`): `url_too_long`, `path_dots`,
 * `headers_too_large`, `body_too_large`. Everything else was refused at save.
 */
export class RenderFault extends Error {
  readonly code: string;
  readonly russian: string;

  constructor(code: string, message: string, russian: string) {
    super(message);
    this.name = 'RenderFault';
    this.code = code;
    this.russian = russian;
  }
}

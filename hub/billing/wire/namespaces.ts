/** Namespaces of the SOAP face (spec billing 5.3). */
export const NS = {
  envelope: 'http://schemas.xmlsoap.org/soap/envelope/',
  common: 'http://common.bitel.ru',
  array: 'http://jaxb.dev.java.net/array',
  /** Accepted with and without the slash. */
  auth: 'http://ws.base.kernel.bgbilling.bitel.ru/',
  exception: 'http://jax-ws.dev.java.net/',
  instance: 'http://www.w3.org/2001/XMLSchema-instance',
  schema: 'http://www.w3.org/2001/XMLSchema',
  include: 'http://www.w3.org/2001/XInclude',
} as const;

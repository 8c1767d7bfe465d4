/** What administrators keep, with its number and the version that its changes count. */
export type Stored<T> = T & { readonly id: number; readonly version: number };

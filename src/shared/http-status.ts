// What a status says. One reading for answers that are given, received, stored and judged.

/** 2xx: the receiver took it (RFC 9110, section 15.3). Null, where no status came, is none. */
export function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status <= 299;
}

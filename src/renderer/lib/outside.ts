// Whether an address is plainly on this machine or its own network. Many deliveries go elsewhere only when the person
// says so; the host looks the name up and decides, the window only knows when to ask.

/** Hosts of `urls` that are not plainly loopback or private, each once. Unreadable URLs are left to the host. */
export function outsideHosts(urls: readonly string[]): string[] {
  const hosts = urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname] : []));
  return [...new Set(hosts.filter((host) => host !== '' && !isNear(host)))];
}

function isNear(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (name.includes(':')) return name === '::1' || /^f[cd]/.test(name);
  const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(name);
  if (octets === null) return false;
  const [first, second] = [Number(octets[1]), Number(octets[2])];
  // RFC 1918, and loopback.
  return first === 127 || first === 10 || (first === 192 && second === 168) || (first === 172 && second >> 4 === 1);
}

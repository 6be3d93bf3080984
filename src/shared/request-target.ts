// Pieces of a request target, as sent: nothing is decoded, so no spelling of a path can pass for another.

/** Path of a target in origin form (`/a?b`) or absolute form (`http://host/a?b`), without the query; else `/`. */
export function targetPath(target: string): string {
  const start = target.startsWith('/') ? 0 : pathStart(target);
  if (start === -1) return '/';
  const end = target.slice(start).search(/[?#]/);
  return end === -1 ? target.slice(start) : target.slice(start, start + end);
}

function pathStart(target: string): number {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0];
  return authority !== undefined && target[authority.length] === '/' ? authority.length : -1;
}

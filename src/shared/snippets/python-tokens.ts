// `is_genuine` in Python where no recipe signs: a token that the request carries, or a JSON Web Signature.

import type { JwtScheme, TokenScheme } from '../providers/define.ts';
import { about, dig, opening, py, refuse } from './python-words.ts';
import { indent } from './snippet.ts';

/** `is_genuine` for a token. */
export function tokenFunction(scheme: TokenScheme): string {
  const tokens = (root: string): string =>
    scheme.places
      .map((place) => {
        if (place.in === 'query') return `query(url, ${py(place.name)})`;
        if (place.in === 'json') return dig(root, place.path);
        const value = `headers.get(${py(place.name)})`;
        return place.prefix === undefined ? value : `without_prefix(${value}, ${py(place.prefix)})`;
      })
      .join(' or ');
  const json =
    scheme.items !== undefined || scheme.places.some((place) => place.in === 'json') ? ['data = parse_json(body)'] : [];
  const lines =
    scheme.items === undefined
      ? [`token = ${tokens('data')}`, 'return any(same_text(token, secret) for secret in SECRETS)']
      : [
          `items = ${dig('data', scheme.items.path)}`,
          'if not isinstance(items, list) or not items:',
          '    return False',
          `return all(any(same_text(${tokens('item')}, secret) for secret in SECRETS) for item in items)`,
        ];
  return [opening, about, ...indent([...json, ...lines], 4)].join('\n');
}

/** `is_genuine` for a compact JWS that holds the body's hash; the algorithm is fixed, never taken from the token. */
export function jwtFunction(scheme: JwtScheme): string {
  const check =
    scheme.algorithm === 'HS256'
      ? [
          'signed = f"{pieces[0]}.{pieces[1]}".encode()',
          'expected = [hmac.new(secret.encode(), signed, hashlib.sha256).digest() for secret in SECRETS]',
          'given = [base64.urlsafe_b64encode(digest).decode().rstrip("=") for digest in expected]',
          ...refuse('not any(same_text(pieces[2], text) for text in given)'),
        ]
      : [
          'key = key_by_id(dig(part(pieces[0]), "kid"))',
          'given = from_base64url(pieces[2])',
          ...refuse('key is None or given is None or len(given) != 64'),
          'r, s = int.from_bytes(given[:32], "big"), int.from_bytes(given[32:], "big")',
          'try:',
          '    signed = f"{pieces[0]}.{pieces[1]}".encode()',
          '    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))',
          'except InvalidSignature:',
          '    return False',
        ];
  return [
    opening,
    '    """Whether the token is signed, fresh, and made for this body."""',
    ...indent(
      [
        `pieces = headers.get("${scheme.header}", "").split(".")`,
        ...refuse(`len(pieces) != 3 or dig(part(pieces[0]), "alg") != "${scheme.algorithm}"`),
        ...check,
        'claims = part(pieces[1])',
        ...(scheme.issuer === undefined ? [] : refuse(`dig(claims, "iss") != "${scheme.issuer}"`)),
        ...(scheme.toleranceSeconds === undefined
          ? []
          : [
              'issued = dig(claims, "iat")',
              ...refuse(`not isinstance(issued, int) or abs(int(time.time()) - issued) > ${scheme.toleranceSeconds}`),
            ]),
        `return same_text(dig(claims, "${scheme.bodyHashClaim}"), hashlib.sha256(body).hexdigest())`,
      ],
      4,
    ),
  ].join('\n');
}

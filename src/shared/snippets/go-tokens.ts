// `isGenuine` in Go where no recipe signs: a token that the request carries, or a JSON Web Signature.

import type { JwtScheme, TokenScheme } from '../providers/define.ts';
import { everyItem, goDig, opening, refuse, tabbed } from './go-words.ts';

/** `isGenuine` for a token. */
export function tokenFunction(scheme: TokenScheme): string {
  const [first, second] = scheme.places.map((place) => {
    if (place.in === 'query') return `r.URL.Query().Get(${JSON.stringify(place.name)})`;
    if (place.in === 'json') return `text(${goDig(scheme.items === undefined ? 'data' : 'item', place.path)})`;
    const value = `r.Header.Get(${JSON.stringify(place.name)})`;
    return place.prefix === undefined ? value : `withoutPrefix(${value}, ${JSON.stringify(place.prefix)})`;
  });
  const json =
    scheme.items !== undefined || scheme.places.some((place) => place.in === 'json') ? ['data := parseJSON(body)'] : [];
  const lines =
    scheme.items === undefined
      ? [
          `token := ${first}`,
          ...(second === undefined ? [] : ['if token == "" {', `\ttoken = ${second}`, '}']),
          'return isToken(token)',
        ]
      : everyItem(scheme.items.path, refuse(`!isToken(${first})`));
  return [...opening, ...tabbed([...json, ...lines]), '}'].join('\n');
}

/** `isGenuine` for a compact JWS that holds the body's hash; the algorithm is fixed, never taken from the token. */
export function jwtFunction(scheme: JwtScheme): string {
  const check =
    scheme.algorithm === 'HS256'
      ? [...refuse('!isSigned(pieces)')]
      : [
          'key := keyByID(text(dig(part(pieces[0]), "kid")))',
          'given, err := base64.RawURLEncoding.DecodeString(pieces[2])',
          ...refuse('key == nil || err != nil || len(given) != 64'),
          'sum := sha256.Sum256([]byte(pieces[0] + "." + pieces[1]))',
          'first := new(big.Int).SetBytes(given[:32])',
          'second := new(big.Int).SetBytes(given[32:])',
          ...refuse('!ecdsa.Verify(key, sum[:], first, second)'),
        ];
  return [
    '// isGenuine says whether the token is signed, fresh, and made for this body.',
    opening[1] ?? '',
    ...tabbed([
      `pieces := strings.Split(r.Header.Get("${scheme.header}"), ".")`,
      ...refuse(`len(pieces) != 3 || text(dig(part(pieces[0]), "alg")) != "${scheme.algorithm}"`),
      ...check,
      'claims := part(pieces[1])',
      ...(scheme.issuer === undefined ? [] : refuse(`text(dig(claims, "iss")) != "${scheme.issuer}"`)),
      ...(scheme.toleranceSeconds === undefined
        ? []
        : [
            'issued, err := strconv.ParseInt(text(dig(claims, "iat")), 10, 64)',
            ...refuse('err != nil'),
            'age := time.Now().Unix() - issued',
            ...refuse(`age > ${scheme.toleranceSeconds} || -age > ${scheme.toleranceSeconds}`),
          ]),
      'hash := sha256.Sum256(body)',
      `return sameText(text(dig(claims, "${scheme.bodyHashClaim}")), hex.EncodeToString(hash[:]))`,
    ]),
    '}',
  ].join('\n');
}

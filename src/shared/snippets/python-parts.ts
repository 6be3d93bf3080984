// Small functions of the handlers in Python, each written where something calls it.

/** Functions by name. */
export const pythonHelpers: readonly (readonly [string, string])[] = [
  [
    'same_text',
    `def same_text(left, right):
    """Compares in a time that tells nothing of where the texts differ."""
    if not isinstance(left, str) or not isinstance(right, str):
        return False
    return hmac.compare_digest(left.encode(), right.encode())`,
  ],
  [
    'without_prefix',
    `def without_prefix(text, prefix):
    return text[len(prefix):] if text and text.startswith(prefix) else None`,
  ],
  [
    'parse_json',
    `def parse_json(body):
    try:
        return json.loads(body)
    except ValueError:
        return None`,
  ],
  [
    'dig',
    `def dig(data, *path):
    """The value at the path, or None."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data`,
  ],
  [
    'text_of',
    `def text_of(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)`,
  ],
  [
    'digits',
    `def digits(text):
    return int(text) if text and text.isascii() and text.isdigit() else None`,
  ],
  [
    'iso_seconds',
    `def iso_seconds(text):
    """Seconds since 1970; digits beyond microseconds are left out, which datetime cannot hold."""
    try:
        short = re.sub(r"(\\.\\d{6})\\d+", r"\\1", text or "").replace("Z", "+00:00")
        moment = datetime.fromisoformat(short)
        return moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()
    except ValueError:
        return None`,
  ],
  [
    'query',
    `def query(url, name):
    values = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query, keep_blank_values=True)
    return values[name][0] if name in values else None`,
  ],
  [
    'path_of',
    `def path_of(url):
    return url.removeprefix(PUBLIC_ORIGIN)`,
  ],
  [
    'undo_escapes',
    `def undo_escapes(url, listed):
    return re.sub(f"%(?:{listed})", lambda found: urllib.parse.unquote(found[0]), url, flags=re.IGNORECASE)`,
  ],
  [
    'addresses',
    `def addresses(url):
    """The address as it is, without a port, and with the standard one: senders differ."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    bare = re.sub(r":\\d+$", "", host)
    port = 443 if scheme == "https" else 80
    return [url, f"{scheme}://{bare}{slash}{path}", f"{scheme}://{bare}:{port}{slash}{path}"]`,
  ],
  [
    'form_text',
    `def form_text(headers, body):
    """Names and values of the form, each pair once, sorted by name."""
    if not headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return "" if not body else "\\0"
    pairs = set(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return "".join(name + value for name, value in sorted(pairs))`,
  ],
  [
    'json_lines',
    `def json_lines(data, names):
    """Name and value, a line each, of the members that are there."""
    values = [(name, dig(data, name)) for name in names.split()]
    return "".join(f"{name}\\n{value}\\n" for name, value in values if value is not None)`,
  ],
  [
    'signed_headers',
    `def signed_headers(headers, listed):
    """The headers that the list names, lower-cased and sorted."""
    names = sorted(name.strip().lower() for name in headers.get(listed, "").split(","))
    return ";".join(f"{name}:{headers.get(name, '')}" for name in names)`,
  ],
  [
    'certificate_at',
    `CERTIFICATES = {}


def certificate_at(address, host, path_end):
    """The certificate at the address, if the address is the provider's own; kept while the process lives."""
    try:
        parts = urllib.parse.urlsplit(address or "")
        is_plain = parts.scheme == "https" and parts.netloc == parts.hostname
    except ValueError:
        return None
    if not is_plain or not re.fullmatch(host, parts.hostname) or not parts.path.endswith(path_end):
        return None
    if address not in CERTIFICATES:
        with urllib.request.urlopen(address, timeout=5) as response:
            if response.url != address:
                return None
            CERTIFICATES[address] = x509.load_pem_x509_certificate(response.read(65536))
    certificate = CERTIFICATES[address]
    now = datetime.fromtimestamp(time.time(), timezone.utc)
    is_current = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    return certificate if is_current else None`,
  ],
  [
    'part',
    `def part(text):
    decoded = from_base64url(text)
    return None if decoded is None else parse_json(decoded)`,
  ],
  [
    'from_base64url',
    `def from_base64url(text):
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None`,
  ],
  [
    'key_by_id',
    `KEYS_BY_ID = {}


def key_by_id(key_id):
    """The key with this id, asked of Plaid once."""
    if not isinstance(key_id, str):
        return None
    if key_id not in KEYS_BY_ID:
        question = {"client_id": os.environ["PLAID_CLIENT_ID"], "secret": os.environ["PLAID_SECRET"], "key_id": key_id}
        address = "https://production.plaid.com/webhook_verification_key/get"
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(address, json.dumps(question).encode(), headers)
        with urllib.request.urlopen(asked, timeout=5) as response:
            jwk = json.loads(response.read(65536))["key"]
        x, y = (int.from_bytes(from_base64url(jwk[name]), "big") for name in ("x", "y"))
        KEYS_BY_ID[key_id] = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    return KEYS_BY_ID[key_id]`,
  ],
];

// Small functions of the handlers in Go, each written where something calls it, and the packages that may be imported.

/** Import paths; a package is imported where its name stands before a dot. */
export const goPackages: readonly string[] = [
  'bytes',
  'crypto',
  'crypto/ecdsa',
  'crypto/ed25519',
  'crypto/elliptic',
  'crypto/hmac',
  'crypto/md5',
  'crypto/rsa',
  'crypto/sha1',
  'crypto/sha256',
  'crypto/sha512',
  'crypto/subtle',
  'crypto/x509',
  'encoding/base64',
  'encoding/hex',
  'encoding/json',
  'encoding/pem',
  'fmt',
  'hash',
  'hash/crc32',
  'io',
  'log',
  'math/big',
  'net/http',
  'net/url',
  'os',
  'regexp',
  'sort',
  'strconv',
  'strings',
  'sync',
  'time',
];

/** Functions by name. */
export const goHelpers: readonly (readonly [string, string])[] = [
  [
    'hashText',
    `func hashText(body []byte, digest hash.Hash, encode func([]byte) string) string {
	digest.Write(body)
	return encode(digest.Sum(nil))
}`,
  ],
  [
    'isSigned',
    `func isSigned(pieces []string) bool {
	for _, key := range keys {
		digest := hmac.New(sha256.New, key)
		digest.Write([]byte(pieces[0] + "." + pieces[1]))
		if sameText(pieces[2], base64.RawURLEncoding.EncodeToString(digest.Sum(nil))) {
			return true
		}
	}
	return false
}`,
  ],
  [
    'isToken',
    `func isToken(token string) bool {
	for _, key := range keys {
		if sameText(token, string(key)) {
			return true
		}
	}
	return false
}`,
  ],
  [
    'sameText',
    `// sameText compares in a time that tells nothing of where the texts differ.
func sameText(left, right string) bool {
	return subtle.ConstantTimeCompare([]byte(left), []byte(right)) == 1
}`,
  ],
  [
    'withoutPrefix',
    `func withoutPrefix(text, prefix string) string {
	if !strings.HasPrefix(text, prefix) {
		return ""
	}
	return text[len(prefix):]
}`,
  ],
  [
    'partsOf',
    `// partsOf gives what follows the prefix in each part that has it.
func partsOf(header, separator, prefix string) []string {
	var found []string
	for _, part := range strings.Split(header, separator) {
		if part = strings.TrimSpace(part); strings.HasPrefix(part, prefix) {
			found = append(found, part[len(prefix):])
		}
	}
	return found
}`,
  ],
  [
    'headerOf',
    `func headerOf(r *http.Request, older bool, first, second string) string {
	if older {
		return r.Header.Get(second)
	}
	return r.Header.Get(first)
}`,
  ],
  [
    'part',
    `func part(encoded string) any {
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return nil
	}
	return parseJSON(decoded)
}`,
  ],
  [
    'parseJSON',
    `func parseJSON(body []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var data any
	if decoder.Decode(&data) != nil {
		return nil
	}
	return data
}`,
  ],
  [
    'dig',
    `// dig gives the value at the path, or nil.
func dig(data any, path ...string) any {
	for _, step := range path {
		switch value := data.(type) {
		case map[string]any:
			data = value[step]
		case []any:
			index, err := strconv.Atoi(step)
			if err != nil || index < 0 || index >= len(value) {
				return nil
			}
			data = value[index]
		default:
			return nil
		}
	}
	return data
}`,
  ],
  [
    'text',
    `func text(data any) string {
	if data == nil {
		return ""
	}
	return fmt.Sprint(data)
}`,
  ],
  [
    'undoEscapes',
    `func undoEscapes(address, listed string) string {
	escapes := regexp.MustCompile("(?i)%(?:" + listed + ")")
	return escapes.ReplaceAllStringFunc(address, func(escape string) string {
		plain, _ := url.PathUnescape(escape)
		return plain
	})
}`,
  ],
  [
    'addresses',
    `// addresses gives the address as it is, without a port, and with the standard one: senders differ.
func addresses(address string) []string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, _ := strings.Cut(rest, "/")
	bare, _, _ := strings.Cut(host, ":")
	port := ":80"
	if scheme == "https" {
		port = ":443"
	}
	return []string{address, scheme + "://" + bare + "/" + path, scheme + "://" + bare + port + "/" + path}
}`,
  ],
  [
    'formText',
    `// formText gives names and values of the form, each pair once, sorted by name.
func formText(r *http.Request, body []byte) string {
	if len(body) == 0 {
		return ""
	}
	values, err := url.ParseQuery(string(body))
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return "\\x00"
	}
	var names []string
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	var joined strings.Builder
	for _, name := range names {
		list := values[name]
		sort.Strings(list)
		for index, value := range list {
			if index == 0 || value != list[index-1] {
				joined.WriteString(name + value)
			}
		}
	}
	return joined.String()
}`,
  ],
  [
    'jsonLines',
    `// jsonLines gives name and value, a line each, of the members that are there.
func jsonLines(data any, names ...string) string {
	var lines strings.Builder
	for _, name := range names {
		if value := dig(data, name); value != nil {
			lines.WriteString(name + "\\n" + text(value) + "\\n")
		}
	}
	return lines.String()
}`,
  ],
  [
    'signedHeaders',
    `// signedHeaders gives the headers that the list names, lower-cased and sorted.
func signedHeaders(r *http.Request, list string) string {
	names := strings.Split(strings.ToLower(r.Header.Get(list)), ",")
	for index, name := range names {
		names[index] = strings.TrimSpace(name)
	}
	sort.Strings(names)
	for index, name := range names {
		names[index] = name + ":" + r.Header.Get(name)
	}
	return strings.Join(names, ";")
}`,
  ],
  [
    'certificateAt',
    `var certificates sync.Map

// certificateAt gives the certificate at the address, if that is the provider’s own; kept while the process lives.
func certificateAt(address, pathEnd string) *x509.Certificate {
	place, err := url.Parse(address)
	if err != nil || place.Scheme != "https" || place.User != nil || !strings.HasSuffix(place.Path, pathEnd) {
		return nil
	}
	if !certificateHost.MatchString(place.Host) {
		return nil
	}
	now := time.Now()
	if known, found := certificates.Load(address); found {
		certificate := known.(*x509.Certificate)
		if now.After(certificate.NotAfter) {
			return nil
		}
		return certificate
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := &http.Client{Timeout: 5 * time.Second, CheckRedirect: stay}
	response, err := client.Get(address)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	document, err := io.ReadAll(io.LimitReader(response.Body, 65536))
	if err != nil || response.StatusCode != http.StatusOK {
		return nil
	}
	block, _ := pem.Decode(document)
	if block == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil || now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
		return nil
	}
	certificates.Store(address, certificate)
	return certificate
}`,
  ],
  [
    'keyByID',
    `var keysByID sync.Map

// keyByID gives the key with this id, asked of Plaid once.
func keyByID(id string) *ecdsa.PublicKey {
	if known, found := keysByID.Load(id); found {
		return known.(*ecdsa.PublicKey)
	}
	question, err := json.Marshal(map[string]string{"client_id": os.Getenv("PLAID_CLIENT_ID"), "secret": os.Getenv("PLAID_SECRET"), "key_id": id})
	if err != nil {
		return nil
	}
	client := &http.Client{Timeout: 5 * time.Second}
	response, err := client.Post("https://production.plaid.com/webhook_verification_key/get", "application/json", bytes.NewReader(question))
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	document, err := io.ReadAll(io.LimitReader(response.Body, 65536))
	if err != nil || response.StatusCode != http.StatusOK {
		return nil
	}
	jwk := dig(parseJSON(document), "key")
	x, errX := base64.RawURLEncoding.DecodeString(text(dig(jwk, "x")))
	y, errY := base64.RawURLEncoding.DecodeString(text(dig(jwk, "y")))
	if errX != nil || errY != nil || len(x) != 32 || len(y) != 32 {
		return nil
	}
	key := &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
	keysByID.Store(id, key)
	return key
}`,
  ],
];

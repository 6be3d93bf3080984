// How a handler gets the body as it came over the wire, in the frameworks that people use most. A signature covers
// bytes: whoever parses first and writes again checks another text than the one that was signed.

/** How one framework gives the raw body. */
export interface RawBodyRecipe {
  readonly id: string;
  readonly name: string;
  /** Where the code goes and what it depends on, a sentence. */
  readonly note: string;
  /** `isGenuine` stands for the signature check of the person's own. */
  readonly code: string;
}

/** One recipe for each framework, in the order in which they are offered. */
export const rawBodyRecipes: readonly RawBodyRecipe[] = [
  {
    id: 'express',
    name: 'Express',
    note: 'Register this route before any app.use(express.json()), or that parser takes the body first.',
    code: `app.post('/webhooks', express.raw({ type: '*/*', limit: '5mb' }), (req, res) => {
  const rawBody = req.body; // a Buffer
  if (!isGenuine(rawBody, req.headers)) return res.sendStatus(401);
  const event = JSON.parse(rawBody.toString('utf8'));
  // Handle the event.
  res.sendStatus(204);
});`,
  },
  {
    id: 'fastify',
    name: 'Fastify',
    note: 'A plugin of its own keeps the change to this route; the other routes still get parsed JSON.',
    code: `app.register(async (hooks) => {
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    done(null, body);
  });
  hooks.post('/webhooks', async (request, reply) => {
    const rawBody = request.body; // a Buffer
    if (!isGenuine(rawBody, request.headers)) return reply.code(401).send();
    const event = JSON.parse(rawBody.toString('utf8'));
    // Handle the event.
    return reply.code(204).send();
  });
});`,
  },
  {
    id: 'next',
    name: 'Next.js',
    note: 'A route handler of the App Router, app/webhooks/route.ts. Do not call request.json() before.',
    code: `export async function POST(request: Request) {
  const rawBody = Buffer.from(await request.arrayBuffer());
  if (!isGenuine(rawBody, request.headers)) return new Response(null, { status: 401 });
  const event = JSON.parse(rawBody.toString('utf8'));
  // Handle the event.
  return new Response(null, { status: 204 });
}`,
  },
  {
    id: 'flask',
    name: 'Flask',
    note: 'Call get_data() before anything reads request.form: parsing a form uses the body up.',
    code: `@app.post("/webhooks")
def webhooks():
    raw_body = request.get_data()  # bytes
    if not is_genuine(raw_body, request.headers):
        return "", 401
    event = json.loads(raw_body)
    # Handle the event.
    return "", 204`,
  },
  {
    id: 'go',
    name: 'Go',
    note: 'With net/http. A body can be read once: hand the bytes on instead of the request.',
    code: `func webhooks(w http.ResponseWriter, r *http.Request) {
	rawBody, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 5<<20))
	if err != nil {
		http.Error(w, "cannot read the body", http.StatusBadRequest)
		return
	}
	if !isGenuine(rawBody, r.Header) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var event map[string]any
	if err := json.Unmarshal(rawBody, &event); err != nil {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	// Handle the event.
	w.WriteHeader(http.StatusNoContent)
}`,
  },
];

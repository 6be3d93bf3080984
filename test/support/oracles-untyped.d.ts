// What the tests use of packages that come without types.

declare module 'x-hub-signature' {
  class XHubSignature {
    constructor(algorithm: string, secret: string);
    sign(body: string | Uint8Array): string;
    verify(signature: string, body: string | Uint8Array): boolean;
  }
  export = XHubSignature;
}

declare module 'coinbase-commerce-node' {
  const commerce: {
    readonly Webhook: {
      verifyEventBody(payload: string, signature: string, secret: string): unknown;
      computeSignature(payload: string, secret: string): string;
    };
  };
  export = commerce;
}

declare module 'sns-validator' {
  class MessageValidator {
    constructor(hostPattern?: RegExp, encoding?: string);
    validate(message: string, callback: (error: Error | null, message?: unknown) => void): void;
  }
  export = MessageValidator;
}

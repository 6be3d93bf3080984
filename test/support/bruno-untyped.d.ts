// Bruno's libraries carry no types: the little of them that the tests use.
declare module '@usebruno/converters' {
  interface BrunoItem {
    readonly request: {
      readonly method: string;
      readonly url: string;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
      readonly body: { readonly mode: string } & Readonly<Record<string, unknown>>;
    };
  }
  export function openCollectionToBruno(document: unknown): { readonly items: readonly BrunoItem[] };
  export function postmanToBruno(document: unknown): Promise<{ readonly items: readonly BrunoItem[] }>;
}
declare module '@usebruno/schema' {
  export const collectionSchema: { validate(collection: unknown): Promise<unknown> };
}

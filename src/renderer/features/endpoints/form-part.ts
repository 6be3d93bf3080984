// What each card of the endpoint's form is given.

import type { Endpoint } from '../../../shared/workspace.ts';

/** A change of some fields, or how to make one from the endpoint as it is by then. */
export type EndpointEdit = Partial<Endpoint> | ((endpoint: Endpoint) => Partial<Endpoint>);

/** The message of the error that is about this field or anything below it, or null. */
export type MessageAt = (field: string) => string | null;

/** Given to every card. */
export interface FormPart {
  readonly endpoint: Endpoint;
  readonly onChange: (edit: EndpointEdit) => void;
  readonly at: MessageAt;
}

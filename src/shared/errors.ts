// The one table of operational errors. Verdicts, HTTP statuses and refused connections are data, not errors;
// what stands here is what keeps Hookbench itself from doing what it was asked to do.

interface ErrorRow {
  /** What the person can do about it. */
  readonly hint: string;
  /** Worth trying the same call again without changing anything. */
  readonly retryable: boolean;
  /** Exit code of the command line: 2 bad usage or input, 3 operational failure. */
  readonly exitCode: 2 | 3;
}

const table = {
  RECEIVER_PORT_IN_USE: {
    hint: 'Stop the other program, or choose another port (0 picks a free one).',
    retryable: true,
    exitCode: 3,
  },
  RECEIVER_ADDRESS: {
    hint: 'Use 127.0.0.1 or ::1, or allow remote addresses explicitly.',
    retryable: false,
    exitCode: 2,
  },
  SEND_INVALID_URL: {
    hint: 'Give a full http:// or https:// address without user name or password.',
    retryable: false,
    exitCode: 2,
  },
  SEND_INVALID_HEADER: {
    hint: 'Header names are tokens; values hold no line breaks, NUL or characters above U+00FF.',
    retryable: false,
    exitCode: 2,
  },
  SEND_INVALID_METHOD: { hint: 'A method is a token such as POST.', retryable: false, exitCode: 2 },
  SEND_NO_TARGET: { hint: 'Give a URL, or add a target whose event filter matches.', retryable: false, exitCode: 2 },
  SEND_NOT_FOUND: { hint: 'List the deliveries and take an id from there.', retryable: false, exitCode: 2 },
  SEND_FAILED: { hint: 'Check the network, then try again.', retryable: true, exitCode: 3 },
  SEND_QUEUE_FULL: {
    hint: 'Let the queue drain, or remove deliveries, then send again.',
    retryable: true,
    exitCode: 3,
  },
  SECRET_MALFORMED: {
    hint: "Copy the secret again from the provider's page; the message says which form it must have.",
    retryable: false,
    exitCode: 2,
  },
  SECRET_SEALED: { hint: 'Start the app: its keyring sealed this secret.', retryable: false, exitCode: 3 },
  SECRET_UNAVAILABLE: { hint: 'Give the secret again.', retryable: false, exitCode: 3 },
  STORE_LOCKED: {
    hint: 'Stop the other Hookbench on this data folder, or use --data-dir.',
    retryable: true,
    exitCode: 3,
  },
  STORE_UNREADABLE: { hint: 'Check the rights of the data folder, or use --data-dir.', retryable: false, exitCode: 3 },
  STORE_FOREIGN: {
    hint: 'This file is not from this version of Hookbench. Use another data folder, or a newer Hookbench.',
    retryable: false,
    exitCode: 3,
  },
  STORE_READ_ONLY: {
    hint: 'The data was written by a newer Hookbench and is open for reading only.',
    retryable: false,
    exitCode: 3,
  },
  STORE_FULL: { hint: 'Free some disk space; storing resumes by itself.', retryable: true, exitCode: 3 },
  STORE_TOO_LARGE: {
    hint: 'Delete what is not needed in it, such as dead letters or parked deliveries; then it is saved again.',
    retryable: true,
    exitCode: 3,
  },
  STORE_FAULT: {
    hint: 'The disk reported an error. Check it, then start Hookbench again.',
    retryable: true,
    exitCode: 3,
  },
  STORE_NOT_FOUND: { hint: 'List the requests and take an id from there.', retryable: false, exitCode: 2 },
  IMPORT_INVALID: {
    hint: 'Mend the named place and import again. Nothing was imported.',
    retryable: false,
    exitCode: 2,
  },
  IPC_UNKNOWN_COMMAND: {
    hint: 'The window and the host are of different versions: restart Hookbench.',
    retryable: false,
    exitCode: 2,
  },
  IPC_INVALID_INPUT: { hint: 'Mend the named field.', retryable: false, exitCode: 2 },
  IPC_UNTRUSTED_SENDER: { hint: 'Only the main window may call the host.', retryable: false, exitCode: 2 },
  IPC_NO_ANSWER: { hint: 'Run the command again.', retryable: true, exitCode: 3 },
  CONFIG_INVALID: { hint: 'Mend the named option or field.', retryable: false, exitCode: 2 },
  CONFIG_UNKNOWN_PROVIDER: { hint: 'Take one of the listed provider ids.', retryable: false, exitCode: 2 },
  CONFIG_QUERY: { hint: 'Take one of the listed keys.', retryable: false, exitCode: 2 },
  BUG: { hint: 'This is a fault in Hookbench. The log has the details under the id.', retryable: false, exitCode: 3 },
} as const satisfies Record<string, ErrorRow>;

/** Every operational error code. */
export type ErrorCode = keyof typeof table;

/** An operational error in the shape that crosses IPC and the command line. */
export interface ErrorValue {
  readonly code: ErrorCode;
  /** One sentence that names the field, option or file. */
  readonly message: string;
  readonly hint: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** The answer of a command: errors are values, since a rejected `invoke` loses everything but its message. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorValue };

/** An operational error on its way up. Caught at the router or the command line and turned into an {@link ErrorValue}. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number | boolean>> | undefined;

  constructor(code: ErrorCode, message: string, details?: Readonly<Record<string, string | number | boolean>>) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** Exit code of the command line for `code`. */
export function exitCodeOf(code: ErrorCode): 2 | 3 {
  return table[code].exitCode;
}

/** Whether the same call is worth trying again without changing anything. */
export function isRetryable(code: ErrorCode): boolean {
  return table[code].retryable;
}

/** The serialisable form of an {@link AppError}. */
export function toErrorValue(error: AppError): ErrorValue {
  const value = { code: error.code, message: error.message, hint: table[error.code].hint };
  return error.details ? { ...value, details: error.details } : value;
}

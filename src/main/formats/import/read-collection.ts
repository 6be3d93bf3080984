// Reads a file of any known format into a plan. The format is told by the content, never by the file's name.

import { parse as parseJson } from 'secure-json-parse';
import { parse as parseYaml } from 'yaml';
import { AppError } from '../../../shared/errors.ts';
import { maxImportBytes } from '../../../shared/imports.ts';
import type { ImportFormat } from '../../../shared/imports.ts';
import { isCurl, readCurl } from './curl.ts';
import { isHar, readHar } from './har.ts';
import { isHttpFile, readHttpFile } from './http-file.ts';
import { isLines, readLines } from './lines.ts';
import { isBruno, isOpenCollection, readBruno } from './opencollection.ts';
import { isOpenApi, readOpenApi } from './openapi.ts';
import { isPostman, readPostman } from './postman.ts';
import { maxLeftOut } from './plan.ts';
import type { Finds, ImportPlan } from './plan.ts';
import { checkDepth, refuse } from './untrusted.ts';

const documentReaders: readonly {
  readonly format: ImportFormat;
  readonly is: (document: unknown) => boolean;
  readonly read: (document: unknown, finds: Finds) => void;
}[] = [
  { format: 'har', is: isHar, read: readHar },
  { format: 'postman', is: isPostman, read: readPostman },
  { format: 'opencollection', is: isOpenCollection, read: readBruno },
  { format: 'openapi', is: isOpenApi, read: readOpenApi },
  { format: 'bruno', is: isBruno, read: readBruno },
];

/** Throws AppError IMPORT_INVALID, with the place, where the file is refused whole. */
export function readCollection(bytes: Uint8Array): ImportPlan {
  if (bytes.byteLength > maxImportBytes) refuse(`The file is larger than ${maxImportBytes / 1_048_576} MiB.`);
  const text = decoded(bytes);
  if (text.trim() === '') refuse('The file is empty.');
  const finds: Finds = { requests: [], leftOut: [] };
  const format = readText(text, finds);
  if (finds.requests.length === 0 && finds.leftOut.length === 0) refuse('There is no request in the file.');
  return { format, requests: finds.requests, leftOut: bounded(finds.leftOut) };
}

function readText(text: string, finds: Finds): ImportFormat {
  if (isLines(text)) return readLines(text, parsedJson, finds);
  if (/^\s*[[{]/.test(text)) return readDocument(jsonDocument(text), finds);
  if (isCurl(text)) {
    readCurl(text, finds);
    return 'curl';
  }
  if (isHttpFile(text)) {
    readHttpFile(text, finds);
    return 'http';
  }
  return readDocument(yamlDocument(text), finds);
}

function readDocument(document: unknown, finds: Finds): ImportFormat {
  checkDepth(document);
  const reader = documentReaders.find(({ is }) => is(document));
  if (!reader)
    refuse(
      'This is no collection that Hookbench knows: HAR, Postman 2.x, OpenCollection or Bruno, OpenAPI 3.1 with webhooks, cURL commands, an .http file, JSON lines or a Hookbench collection.',
    );
  reader.read(document, finds);
  return reader.format;
}

function parsedJson(text: string): unknown {
  return parseJson(text, { protoAction: 'remove', constructorAction: 'remove' });
}

function jsonDocument(text: string): unknown {
  try {
    return parsedJson(text);
  } catch (error) {
    return refuse(`The file is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function yamlDocument(text: string): unknown {
  try {
    // Aliases that multiply are what makes a small YAML file large.
    return parseYaml(text, { maxAliasCount: 100, logLevel: 'silent', schema: 'core' });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    return refuse(`The file is neither JSON nor YAML: ${message}.`);
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('The file is not UTF-8 text.');
  }
}

function bounded(list: ImportPlan['leftOut']): ImportPlan['leftOut'] {
  if (list.length <= maxLeftOut) return list;
  const rest = list.length - maxLeftOut + 1;
  return [...list.slice(0, maxLeftOut - 1), { place: 'the file', message: `${rest} more remarks are not listed.` }];
}

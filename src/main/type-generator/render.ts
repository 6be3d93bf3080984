// The one place that knows quicktype: shapes in, the text of a TypeScript module or of a JSON Schema out. What the
// library leaves out is mended here: a body that is a list has a type too, and `__proto__` is a property like any other.

import {
  InputData,
  JSONSchemaTargetLanguage,
  TypeScriptRenderer,
  TypeScriptTargetLanguage,
  jsonInputForTargetLanguage,
  quicktype,
} from 'quicktype-core';
import type { TypeLanguage } from '../../shared/generated-types.ts';

/** Every guess about what a string means is off: a type from one example must not claim more than was seen. */
const noGuesses = {
  inferMaps: false,
  inferEnums: false,
  inferUuids: false,
  inferDateTimes: false,
  inferIntegerStrings: false,
  inferBooleanStrings: false,
  combineClasses: false,
  ignoreJsonRefs: true,
  fixedTopLevels: true,
};

/** Writes the types of `shapes` (JSON texts) under `name`. The same input gives the same text. */
export async function renderTypes(shapes: readonly string[], language: TypeLanguage, name: string): Promise<string> {
  const target = language === 'typescript' ? new ModuleLanguage() : new JSONSchemaTargetLanguage();
  const isSchema = language === 'json-schema';
  const source = jsonInputForTargetLanguage(target);
  await source.addSource({ name, samples: isSchema ? shapes.map(hideProto) : [...shapes] });
  const inputData = new InputData();
  inputData.addInput(source);
  const { lines } = await quicktype({
    inputData,
    lang: target,
    ...noGuesses,
    ...(!isSchema && { rendererOptions: { 'just-types': 'true', 'prefer-unions': 'true' } }),
  });
  const text = `${lines.join('\n').trim()}\n`;
  return inert(isSchema ? mendSchema(text) : text);
}

/** Control and direction characters, which only names can hold, as escapes that both languages read as the same name. */
function inert(text: string): string {
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Exports every type, and the type of a body that is no object. */
class ModuleLanguage extends TypeScriptTargetLanguage {
  protected override makeRenderer(
    ...given: Parameters<TypeScriptTargetLanguage['makeRenderer']>
  ): ReturnType<TypeScriptTargetLanguage['makeRenderer']> {
    const [context, options] = given;
    const { _tsFlowOptions: values } = super.makeRenderer(context, options) as unknown as {
      readonly _tsFlowOptions: ConstructorParameters<typeof TypeScriptRenderer>[2];
    };
    return new ModuleRenderer(this, context, values);
  }
}

class ModuleRenderer extends TypeScriptRenderer {
  /** The name belongs to the body itself, not to what a list of it holds. */
  protected override namedTypeToNameForTopLevel(type: TopLevel): TopLevel | undefined {
    return type.kind === 'class' || type.kind === 'object' ? type : undefined;
  }

  protected override emitTypes(): void {
    this.forEachTopLevel(
      'interposing',
      (type, name) => this.emitLine('export type ', name, ' = ', this.sourceFor(type).source, ';'),
      (type) => this.namedTypeToNameForTopLevel(type) === undefined,
    );
    this.forEachNamedType(
      'leading-and-interposing',
      (type, name) => this.emitClassBlock(type, name),
      (type, name) => this.emitEnum(type, name),
      (type, name) => this.emitUnion(type, name),
    );
  }
}

type TopLevel = Parameters<TypeScriptRenderer['sourceFor']>[0];

/** Stands for `__proto__` inside the library, which would lose it in a plain object. */
const protoStandIn = String.raw`"\u0000__proto__"`;

function hideProto(shape: string): string {
  return shape.replaceAll('"__proto__":', `${protoStandIn}:`);
}

type SchemaNode = Record<string, unknown>;

/** Brings the library's draft 6 to 2020-12, and takes out that no further property may come: providers add them. */
function mendSchema(text: string): string {
  const { definitions, ...root } = JSON.parse(text.replaceAll(protoStandIn, '"__proto__"')) as SchemaNode;
  const { $schema: _, ...rest } = root;
  const named = definitions as Record<string, SchemaNode>;
  for (const definition of Object.values(named)) mendNode(definition);
  mendNode(rest);
  const hasNamed = Object.keys(named).length > 0;
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...rest,
    ...(hasNamed && { $defs: named }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Walks schemas only, never the names of properties, which may be any words. */
function mendNode(node: SchemaNode): void {
  delete node['additionalProperties'];
  if (Array.isArray(node['required']) && node['required'].length === 0) delete node['required'];
  if (typeof node['$ref'] === 'string') node['$ref'] = node['$ref'].replace('#/definitions/', '#/$defs/');
  for (const inner of Object.values((node['properties'] ?? {}) as Record<string, SchemaNode>)) mendNode(inner);
  for (const inner of (node['anyOf'] ?? []) as readonly SchemaNode[]) mendNode(inner);
  if (node['items'] !== undefined) mendNode(node['items'] as SchemaNode);
}

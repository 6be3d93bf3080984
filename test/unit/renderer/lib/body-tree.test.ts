import { describe, expect, it } from 'vitest';
import { jsonTreeBuilder, readKeyText } from '../../../../src/renderer/lib/body-json-tree.ts';
import {
  filterTerm,
  jsonPath,
  nodeAtOffset,
  openAtFirst,
  openUpTo,
  repeatedKeys,
  rowOfNode,
  visibleNodes,
  xmlPath,
} from '../../../../src/renderer/lib/body-tree-rows.ts';
import type { BodyTree, TreeBuilder } from '../../../../src/renderer/lib/body-tree.ts';
import { xmlTreeBuilder } from '../../../../src/renderer/lib/body-xml-tree.ts';
import { parseQuery } from '../../../../src/shared/query.ts';

function built(builder: TreeBuilder): TreeBuilder {
  while (!builder.step(1_000)) if (builder.tree.count > 2_000_000) throw new Error('does not end');
  return builder;
}

/** One line per node: depth as blanks, key, kind, value of leaves. */
function drawn(tree: BodyTree): string[] {
  return Array.from({ length: tree.count }, (_, node) => {
    const kind = tree.kindOf(node);
    const inner = tree.childrenOf(node) > 0 ? `(${tree.childrenOf(node)})` : tree.valueOf(node);
    return `${' '.repeat(tree.depthOf(node))}${tree.keyOf(node)} ${kind} ${inner}`;
  });
}

const json = (source: string): BodyTree => built(jsonTreeBuilder(source)).tree;
const find = (tree: BodyTree, value: string): number =>
  Array.from({ length: tree.count }, (_, node) => node).findIndex((node) => tree.valueOf(node) === value);

describe('jsonTreeBuilder', () => {
  it('keeps digits, escapes, order and repeated keys as they were sent', () => {
    const tree = json('{"b":12345678901234567890,"a":1.0e+2,"a":"\\u0041\\/","c":[true,null,{}],"d":{"e":-0}}');
    expect(drawn(tree)).toEqual([
      ' object (5)',
      ' "b" number 12345678901234567890',
      ' "a" number 1.0e+2',
      ' "a" string "\\u0041\\/"',
      ' "c" array (3)',
      '   word true',
      '   word null',
      '   object {}',
      ' "d" object (1)',
      '  "e" number -0',
    ]);
    expect(tree.valueOf(4)).toBe('[true,null,{}]');
    expect(tree.afterOf(4)).toBe(8);
  });

  it.each([
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['{"a":tru}', 5],
    ['[01]', 2],
    ['{"a":1}}', 7],
    ['["a\nb"]', 3],
    ['["\\x"]', 2],
    ['{a:1}', 1],
    ['[1}', 2],
    ['', 0],
    ['  ', 2],
    ['[1', 2],
    ['"abc', 4],
  ])('says that %j breaks at %i and keeps what came before', (source, at) => {
    expect(built(jsonTreeBuilder(source)).brokenAt).toBe(at);
  });

  it.each(['{}', '[]', '3', '"x"', ' {"a" : [ ] } \n', '\ufeff{"a":1}', '{"":{"":""}}'])(
    'takes %j as sound',
    (source) => {
      expect(built(jsonTreeBuilder(source)).brokenAt).toBeNull();
    },
  );

  it.each(['{"a":[1,2,{"b":"unfin', '{"a"', '{"a":', '[1,tr', '{"a":"x\\', '[', '{"a":1'])(
    'takes %j for the head of something sound',
    (source) => {
      expect(built(jsonTreeBuilder(source, true)).brokenAt).toBeNull();
    },
  );

  it('shows the head of a value that is not loaded whole', () => {
    const { tree } = built(jsonTreeBuilder('{"a":"unfin', true));
    expect(drawn(tree).at(-1)).toBe(' "a" string "unfin');
  });

  it('goes 100,000 levels deep, and all its parts do', () => {
    const depth = 100_000;
    const tree = json(`${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`);
    expect(tree.count).toBe(depth + 1);
    const rows = visibleNodes(tree, openUpTo(tree, openAtFirst(tree), depth));
    expect(rows).toHaveLength(depth + 1);
    expect(jsonPath(tree, depth)).toBeNull();
    expect(filterTerm(tree, depth)).toBeNull();
    expect(built(jsonTreeBuilder('['.repeat(depth))).brokenAt).toBe(depth);
  });

  it('stops at a million nodes and says so', () => {
    const builder = built(jsonTreeBuilder(`[${'1,'.repeat(1_100_000)}1]`));
    expect(builder.tree.count).toBe(1_000_000);
    expect(builder).toMatchObject({ cut: true, brokenAt: null });
  });

  it('builds in steps', () => {
    const builder = jsonTreeBuilder(`[${'1,'.repeat(5_000)}1]`);
    expect(builder.step(100)).toBe(false);
    expect(builder.tree.count).toBeLessThanOrEqual(100);
    expect(builder.tree.count).toBeGreaterThan(10);
  });
});

describe('rows of a tree', () => {
  const tree = json('{"data":{"object":{"id":"in_1","lines":[{"a b":1},{"a b":2}]}},"x.y":"two words","n":7}');

  it('hides what lies below a closed node', () => {
    const open = openAtFirst(tree);
    expect(visibleNodes(tree, open)).toHaveLength(tree.count);
    const closed = open.slice();
    closed[1] = 0;
    const rows = visibleNodes(tree, closed);
    expect(Array.from(rows, (node) => tree.keyOf(node))).toEqual(['', '"data"', '"x.y"', '"n"']);
    expect(rowOfNode(rows, 4)).toBe(1);
  });

  it('gives paths, quoted where names need it', () => {
    expect(jsonPath(tree, 0)).toBe('$');
    expect(jsonPath(tree, find(tree, '"in_1"'))).toBe('data.object.id');
    expect(jsonPath(tree, find(tree, '2'))).toBe('data.object.lines[1]["a b"]');
    expect(jsonPath(tree, find(tree, '"two words"'))).toBe('["x.y"]');
  });

  it('gives filter terms that the query language reads back', () => {
    const term = filterTerm(tree, find(tree, '"in_1"'));
    expect(term).toBe('body.data.object.id:in_1');
    expect(parseQuery(term ?? '', 0)).toMatchObject([
      { kind: 'body', path: ['data', 'object', 'id'], pattern: 'in_1' },
    ]);
    const odd = json('{"a":[{"t":"say \\"hi\\" \\\\ now"}]}');
    expect(parseQuery(filterTerm(odd, odd.count - 1) ?? '', 0)).toMatchObject([
      { path: ['a', '0', 't'], pattern: 'say "hi" \\ now' },
    ]);
    expect(filterTerm(tree, find(tree, '"two words"'))).toBeNull();
    expect(filterTerm(tree, 1)).toBeNull();
  });

  it('finds repeated keys however they are written', () => {
    const doubled = json('{"a":1,"b":2,"\\u0061":3,"c":{"a":4}}');
    const repeated = repeatedKeys(doubled);
    expect([1, 2, 3, 4, 5].map(repeated)).toEqual([true, false, true, false, false]);
    expect(readKeyText('"\\u0061\\n"')).toBe('a\n');
  });

  it('finds the node of an offset', () => {
    expect(nodeAtOffset(tree, tree.source.indexOf('in_1'))).toBe(find(tree, '"in_1"'));
    expect(nodeAtOffset(tree, 0)).toBe(0);
  });

  it('opens only the top of a large tree', () => {
    const wide = json(`{"list":[${'{"a":1},'.repeat(5_000)}1],"b":{"c":{"d":1}}}`);
    expect(visibleNodes(wide, openAtFirst(wide))).toHaveLength(4);
  });
});

describe('xmlTreeBuilder', () => {
  const xml = (source: string, partial = false): TreeBuilder => built(xmlTreeBuilder(source, partial));

  it('reads tags, attributes, text, comments and CDATA', () => {
    const { tree, brokenAt } = xml(
      '<?xml version="1.0"?>\n<order id="1" a=\'x>y\'><!-- c --><line>a &amp; b</line><line><![CDATA[<raw>]]></line><e/></order>\n',
    );
    expect(brokenAt).toBeNull();
    expect(drawn(tree)).toEqual([
      ' instruction <?xml version="1.0"?>',
      'order element (6)',
      ' id attribute "1"',
      " a attribute 'x>y'",
      '  comment <!-- c -->',
      ' line element a &amp; b',
      ' line element <raw>',
      ' e element <e/>',
    ]);
    expect(xmlPath(tree, 6)).toBe('/order/line[2]');
    expect(xmlPath(tree, 2)).toBe('/order/@id');
    expect(xmlPath(tree, 7)).toBe('/order/e');
  });

  it('reads no document type and replaces no entity', () => {
    const source = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]><a>&x;&y;</a>';
    const { tree, brokenAt } = xml(source);
    expect(brokenAt).toBeNull();
    expect(drawn(tree)).toHaveLength(2);
    expect(tree.valueOf(1)).toBe('&x;&y;');
  });

  it.each(['<a><b></a>', '<a', '<a></a></a>', '<a b=1/>', '<a><!-- x', 'x</a>', '<a>'])(
    'says that %j is broken',
    (source) => {
      expect(xml(source).brokenAt).not.toBeNull();
    },
  );

  it('takes the head of a longer text as it is', () => {
    expect(xml('<a><b>te', true).brokenAt).toBeNull();
    expect(xml('<a><b x="1', true).brokenAt).toBeNull();
  });

  it('goes 100,000 levels deep', () => {
    expect(xml(`${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`).tree.count).toBe(100_000);
  });
});

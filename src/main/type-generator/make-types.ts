// From the bodies of an event to its types: reads each, keeps one of every shape, and lets the library write.

import type { GeneratedTypes } from '../../shared/generated-types.ts';
import type { TypeJob } from './contract.ts';
import { readSample } from './read-sample.ts';
import type { SampleNote } from './read-sample.ts';
import { shapeText } from './shape-text.ts';

/** Properties of all shapes together. The library's time grows with their square. */
const mostProperties = 3_000;

const noteTexts: Readonly<Record<SampleNote, string>> = {
  'big-integer':
    'A whole number is beyond 2^53, where JSON.parse loses digits: read it with a parser that keeps them if they count.',
  'duplicate-key': 'A property stands twice in one object. JSON.parse takes the last, and so do these types.',
};

/** Makes the types. Throws only where the library itself fails. */
export async function makeTypes({ language, name, samples }: TypeJob): Promise<GeneratedTypes> {
  const shapes = new Set<string>();
  const notes = new Set<SampleNote>();
  const skipped: { id: string; reason: string }[] = [];
  let properties = 0;
  for (const { id, body } of samples) {
    const sample = readSample(body);
    if (!sample.ok) {
      skipped.push({ id, reason: sample.reason });
      continue;
    }
    const shape = shapeText(sample.value);
    if (shape === null) {
      skipped.push({ id, reason: 'The name of a property is longer than 1,000 characters.' });
      continue;
    }
    if (!shapes.has(shape.text)) {
      if (properties + shape.properties > mostProperties) {
        skipped.push({
          id,
          reason: `It has too many different properties: ${mostProperties.toLocaleString('en')} in all is the most.`,
        });
        continue;
      }
      properties += shape.properties;
      shapes.add(shape.text);
    }
    for (const note of sample.notes) notes.add(note);
  }
  // The order in which requests came must not show: the same shapes give the same text.
  const sorted = [...shapes].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  if (sorted.length === 0) return { text: '', samples: 0, skipped, notes: [] };
  const { renderTypes } = await import('./render.ts');
  return {
    text: await renderTypes(sorted, language, name),
    samples: samples.length - skipped.length,
    skipped,
    notes: [...notes].sort().map((note) => noteTexts[note]),
  };
}

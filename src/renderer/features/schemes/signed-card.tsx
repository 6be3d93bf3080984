// What the scheme being edited signs and sends, while it is edited.

import type { CustomScheme } from '../../../shared/custom-scheme.ts';
import { algorithmNames, exampleHeaders, isPairScheme, partsInWords } from '../../lib/scheme-words.ts';
import { Card } from '../../ui/card.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The card "What is signed". */
export function SignedCard({ scheme }: { readonly scheme: CustomScheme }) {
  const pair = isPairScheme(scheme);
  return (
    <Card title="What is signed">
      <div className="code-block scheme-recipe">
        <Visible text={partsInWords(scheme.parts)} />
      </div>
      <div className="card-body soft">
        {algorithmNames[scheme.algorithm]} of these bytes {pair ? 'with a private key' : 'with the shared secret'}, in{' '}
        {scheme.encoding}. Sent as:
      </div>
      <div className="code-block">
        {exampleHeaders(scheme).map(([name, value]) => (
          <div key={name}>
            <span className="muted">
              <Visible text={name} />:
            </span>{' '}
            <Visible text={value} />
          </div>
        ))}
      </div>
    </Card>
  );
}

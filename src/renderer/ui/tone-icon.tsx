// A verdict or outcome as a small round sign. The shapes differ, so colour is never the only difference.

import { Check, CircleHelp, TriangleAlert, X } from 'lucide-react';
import type { Tone } from '../lib/words.ts';

const icons = { ok: Check, bad: X, warn: TriangleAlert, none: CircleHelp };

/** The sign of a tone; `label` is read by assistive technology where no text stands beside it. */
export function ToneIcon({ tone, label }: { readonly tone: Tone; readonly label?: string }) {
  const Icon = icons[tone];
  return (
    <span className={`tone-icon ${tone}`} {...(label === undefined ? {} : { role: 'img', 'aria-label': label })}>
      <Icon size={11} strokeWidth={3} aria-hidden="true" />
    </span>
  );
}

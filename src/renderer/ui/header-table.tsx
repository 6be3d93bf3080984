// Headers as they travelled: wire order, own case, repeats.

import type { HeaderPair } from '../../shared/headers.ts';
import { Visible } from './visible.tsx';

interface HeaderTableProps {
  readonly headers: readonly HeaderPair[];
  readonly label: string;
}

/** A table of names and values. */
export function HeaderTable({ headers, label }: HeaderTableProps) {
  return (
    <table className="plain-table header-table" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {headers.map(([name, value], index) => (
          // Repeated headers are the same in all but their place.
          <tr key={index}>
            <td className="mono soft header-name">
              <Visible text={name} />
            </td>
            <td className="mono">
              <Visible text={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

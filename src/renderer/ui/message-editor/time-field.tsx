// Which time a retry on a fast clock is signed with: the real one, which a handler's tolerance accepts, or the one that
// the provider's clock would show after waits of full length.

import { Radio } from '@mantine/core';

interface TimeFieldProps {
  readonly value: 'real' | 'simulated';
  /** 1 is real time. */
  readonly speed: number;
  readonly onChange: (value: 'real' | 'simulated') => void;
}

/** The radiogroup "Signed time". */
export function TimeField({ value, speed, onChange }: TimeFieldProps) {
  return (
    <Radio.Group
      label="Signed time"
      description={<span className="below-seg">{describe(value, speed)}</span>}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      onChange={(next) => onChange(next === 'simulated' ? 'simulated' : 'real')}
    >
      <div className="seg">
        <Radio className="seg-item" value="real" label="Real" />
        <Radio className="seg-item" value="simulated" label="Simulated" />
      </div>
    </Radio.Group>
  );
}

function describe(value: 'real' | 'simulated', speed: number): string {
  if (value === 'real') return 'Each attempt is signed with the time it is sent';
  return speed === 1 ? 'The same as real while the speed is 1' : 'As if every wait had its full length';
}

// What can be done with a delivery that has not ended.

import { Button } from '@mantine/core';
import { PenLine, Pause, Play, SkipForward, Trash2 } from 'lucide-react';
import type { Delivery } from '../../../shared/delivery.ts';
import { useServices } from '../../state/use-app.ts';
import { valueOrTell } from '../../ui/toast.tsx';

interface DeliveryActionsProps {
  readonly delivery: Delivery;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** Run now, Pause or Resume, Edit and requeue, Delete. */
export function DeliveryActions({ delivery, onEdit, onDelete }: DeliveryActionsProps) {
  const { bridge } = useServices();
  const { id, state } = delivery;
  const ended = state === 'delivered' || state === 'dead';
  const run = async (name: 'deliveries.runNow' | 'deliveries.pause' | 'deliveries.resume'): Promise<void> => {
    valueOrTell(await bridge.call(name, { id }));
  };
  return (
    <>
      <Button
        disabled={ended || state === 'sending'}
        leftSection={<SkipForward size={14} aria-hidden="true" />}
        onClick={() => void run('deliveries.runNow')}
      >
        Run now
      </Button>
      {state === 'parked' ? (
        <Button leftSection={<Play size={14} aria-hidden="true" />} onClick={() => void run('deliveries.resume')}>
          Resume
        </Button>
      ) : (
        <Button
          disabled={ended}
          leftSection={<Pause size={14} aria-hidden="true" />}
          onClick={() => void run('deliveries.pause')}
        >
          Pause
        </Button>
      )}
      <Button
        disabled={ended || state === 'sending'}
        leftSection={<PenLine size={14} aria-hidden="true" />}
        onClick={onEdit}
      >
        Edit and requeue
      </Button>
      <Button
        disabled={state !== 'parked'}
        title={state === 'parked' || ended ? undefined : 'Pause it first'}
        leftSection={<Trash2 size={14} aria-hidden="true" />}
        onClick={onDelete}
      >
        Delete
      </Button>
    </>
  );
}

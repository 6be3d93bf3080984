// The host could not be asked for its state: says so and offers another try.

import { Button } from '@mantine/core';
import { useApp, useServices } from '../../state/use-app.ts';

/** Stands in for the view. */
export function SyncFailure() {
  const failure = useApp((state) => state.mirror.failure);
  const { connection } = useServices();
  return (
    <div className="page" role="alert">
      <div className="empty">
        <h2>{failure?.message ?? 'The host did not answer.'}</h2>
        <p>{failure?.hint}</p>
        <Button variant="filled" onClick={() => void connection.sync()}>
          Try again
        </Button>
      </div>
    </div>
  );
}

// What Hookbench does while its window is not in front.

import { Switch } from '@mantine/core';
import type { Settings } from '../../../shared/workspace.ts';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';

interface DesktopFieldsProps {
  readonly settings: Settings;
  readonly onSave: (change: Partial<Settings>) => void;
}

const choices = [
  { value: 'off', label: 'Off' },
  { value: 'failures', label: 'Failures only' },
  { value: 'all', label: 'All requests' },
];

/** The fields "Notifications" and "Keep running in the tray". */
export function DesktopFields({ settings, onSave }: DesktopFieldsProps) {
  return (
    <>
      <ChoiceField
        label="Notifications"
        value={settings.notifications ?? 'failures'}
        choices={choices}
        onChange={(notifications) => onSave({ notifications: notifications as NonNullable<Settings['notifications']> })}
      />
      <Switch
        className="desktop-switch"
        label="Keep running in the tray when the window is closed"
        description="Where the system shows a tray. Starting Hookbench again brings the window back."
        checked={settings.closeToTray === true}
        onChange={(event) => onSave({ closeToTray: event.currentTarget.checked })}
      />
    </>
  );
}

// The fields of each kind of tunnel.

import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TunnelSetup } from '../../../shared/tunnels.ts';
import { readCommand, writeCommand } from '../../lib/command-words.ts';
import { tunnelSecrets, withSecret } from '../../lib/tunnel-form.ts';
import { useApp } from '../../state/use-app.ts';
import { Fold } from '../../ui/fold.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { SecretPicker } from '../../ui/secret-picker.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';

interface KindFieldsProps {
  readonly tunnel: TunnelSetup;
  readonly fresh: NewSecret;
  readonly secretProblem: string | null;
  readonly onChange: (tunnel: TunnelSetup) => void;
  readonly onFresh: (fresh: NewSecret) => void;
  /** The message for a field, or null. */
  readonly at: (field: string) => string | null;
}

type Of<K extends TunnelSetup['kind']> = Omit<KindFieldsProps, 'tunnel'> & {
  readonly tunnel: Extract<TunnelSetup, { readonly kind: K }>;
};

/** Fields of the tunnel's own kind. */
export function KindFields(props: KindFieldsProps) {
  const { tunnel } = props;
  switch (tunnel.kind) {
    case 'ngrok':
      return <NgrokFields {...props} tunnel={tunnel} />;
    case 'cloudflared':
      return <CloudflaredFields {...props} tunnel={tunnel} />;
    case 'ssh':
      return <SshFields {...props} tunnel={tunnel} />;
    case 'smee':
      return (
        <Line
          label="Channel"
          description="Its address; start a new one at smee.io"
          placeholder="https://smee.io/your-channel"
          value={tunnel.channel}
          error={props.at('channel')}
          onChange={(channel) => props.onChange({ ...tunnel, channel })}
        />
      );
    case 'command':
      return <CommandFields {...props} tunnel={tunnel} />;
    case 'attach':
      return (
        <Line
          label="Agent’s API"
          description="Where your ngrok agent shows its own page"
          placeholder="http://127.0.0.1:4040"
          value={tunnel.agentUrl}
          error={props.at('agentUrl')}
          onChange={(agentUrl) => props.onChange({ ...tunnel, agentUrl })}
        />
      );
  }
}

function NgrokFields({ tunnel, onChange, at, ...secret }: Of<'ngrok'>) {
  return (
    <>
      <Token tunnel={tunnel} onChange={onChange} at={at} {...secret} hint="The authtoken of your ngrok account" />
      <Line
        label="Domain"
        description="A reserved one, for an address that stays; empty: ngrok gives one"
        placeholder="your-name.ngrok-free.app"
        value={tunnel.domain ?? ''}
        error={at('domain')}
        onChange={(domain) => onChange({ ...tunnel, domain: orNull(domain) })}
      />
    </>
  );
}

function CloudflaredFields({ tunnel, onChange, at, ...secret }: Of<'cloudflared'>) {
  const named = tunnel.secretName !== null || tunnel.publicUrl !== null;
  return (
    <>
      <p className="muted">
        As it is, this opens a quick tunnel: no account, and a new address every time. A named tunnel of yours keeps its
        address.
      </p>
      <Fold
        inner
        title="Named tunnel and program"
        aside={named ? 'named tunnel' : 'quick tunnel'}
        needed={
          ['publicUrl', 'secretName', 'program'].some((field) => at(field) !== null) || secret.secretProblem !== null
        }
      >
        <div className="card-body stack">
          <Token tunnel={tunnel} onChange={onChange} at={at} {...secret} hint="The token of the named tunnel" />
          <Line
            label="Public URL of the named tunnel"
            placeholder="https://hooks.example.com"
            value={tunnel.publicUrl ?? ''}
            error={at('publicUrl')}
            onChange={(url) => onChange({ ...tunnel, publicUrl: orNull(url) })}
          />
          <Line
            label="Program"
            description="Path of cloudflared; empty: found by itself"
            placeholder="cloudflared"
            value={tunnel.program ?? ''}
            error={at('program')}
            onChange={(program) => onChange({ ...tunnel, program: orNull(program) })}
          />
        </div>
      </Fold>
    </>
  );
}

const rareSshFields = ['port', 'remoteHost', 'identityFile', 'knownHostsFile'];

function SshFields({ tunnel, onChange, at }: Of<'ssh'>) {
  const edit = (change: Partial<typeof tunnel>): void => onChange({ ...tunnel, ...change });
  return (
    <>
      <div className="form-grid">
        <Line
          label="Host"
          placeholder="server.example.com"
          value={tunnel.host}
          error={at('host')}
          onChange={(host) => edit({ host })}
        />
        <Line
          label="User"
          placeholder="as ssh decides"
          value={tunnel.user ?? ''}
          error={at('user')}
          onChange={(user) => edit({ user: orNull(user) })}
        />
        <NumberField
          label="Port at the server"
          description="0: the server chooses"
          value={tunnel.remotePort}
          min={0}
          max={65_535}
          error={at('remotePort')}
          onChange={(remotePort) => remotePort !== null && edit({ remotePort })}
        />
      </div>
      <Line
        label="Public URL"
        description="Under which that port is reached; {port} stands for it. Empty: read from what the server says"
        placeholder="https://hooks.example.com"
        value={tunnel.publicUrl ?? ''}
        error={at('publicUrl')}
        onChange={(url) => edit({ publicUrl: orNull(url) })}
      />
      <Fold
        inner
        title="Connection"
        aside="SSH port, keys, known hosts"
        needed={rareSshFields.some((field) => at(field) !== null)}
      >
        <div className="card-body form-grid wide">
          <NumberField
            label="SSH port"
            value={tunnel.port}
            min={1}
            max={65_535}
            error={at('port')}
            onChange={(port) => port !== null && edit({ port })}
          />
          <Line
            label="Listens on"
            description="Address at the server; empty: its own loopback"
            value={tunnel.remoteHost ?? ''}
            error={at('remoteHost')}
            onChange={(host) => edit({ remoteHost: orNull(host) })}
          />
          <Line
            label="Identity file"
            placeholder="as ssh decides"
            value={tunnel.identityFile ?? ''}
            error={at('identityFile')}
            onChange={(file) => edit({ identityFile: orNull(file) })}
          />
          <Line
            label="Known hosts file"
            description="The server’s key is always checked against it"
            placeholder="your own"
            value={tunnel.knownHostsFile ?? ''}
            error={at('knownHostsFile')}
            onChange={(file) => edit({ knownHostsFile: orNull(file) })}
          />
        </div>
      </Fold>
    </>
  );
}

function CommandFields({ tunnel, onChange, at }: Of<'command'>) {
  const [text, setText] = useState(() => writeCommand(tunnel.command));
  const read = readCommand(text);
  return (
    <>
      <Textarea
        label="Command"
        className="mono-input"
        description="Run without a shell; {port} and {url} stand for the receiver’s. Quotes hold words together."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="npx localtunnel --port {port}"
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        value={text}
        error={read.ok ? at('command') : read.message}
        onChange={(event) => {
          const typed = event.currentTarget.value;
          setText(typed);
          const words = readCommand(typed);
          if (words.ok) onChange({ ...tunnel, command: [...words.words] });
        }}
      />
      <Line
        label="Address holds"
        description="The address is the first one in the output that holds this text; empty: the first https address"
        placeholder=".loca.lt"
        value={tunnel.urlHolds}
        error={at('urlHolds')}
        onChange={(urlHolds) => onChange({ ...tunnel, urlHolds })}
      />
    </>
  );
}

type TokenProps = KindFieldsProps & { readonly hint: string };

function Token({ tunnel, onChange, at, fresh, onFresh, secretProblem, hint }: TokenProps) {
  const stored = useApp((state) => state.mirror.secrets);
  return (
    <SecretPicker
      chosen={tunnelSecrets(tunnel)}
      stored={stored.map(({ name }) => name)}
      onChange={([name]) => onChange(withSecret(tunnel, name ?? null))}
      multiple={false}
      fresh={fresh}
      onFresh={onFresh}
      hint={hint}
      error={secretProblem ?? at('secretName')}
    />
  );
}

interface LineProps {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

function Line({ label, description, placeholder, value, error, onChange }: LineProps) {
  return (
    <TextInput
      label={label}
      className="mono-input"
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      placeholder={placeholder}
      spellCheck={false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

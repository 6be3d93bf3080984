// What stands below a provider picker: what to paste where, and the way out for whoever does not find their sender in it.

interface ProviderHelpProps {
  /** Address of the list of own schemes. */
  readonly href: string;
  /** Address of the provider's set-up; absent where none is chosen. */
  readonly setupHref?: string;
}

/** A sentence with links. */
export function ProviderHelp({ href, setupHref }: ProviderHelpProps) {
  return (
    <>
      {setupHref !== undefined && (
        <>
          <a href={setupHref}>What to paste where</a>.{' '}
        </>
      )}
      Not listed? See <a href={href}>Own schemes</a>
    </>
  );
}

// What stands below a provider picker: the way out for whoever does not find their sender in it.

/** A sentence with a link; `href` is the address of the list of own schemes. */
export function ProviderHelp({ href }: { readonly href: string }) {
  return (
    <>
      Not listed? See <a href={href}>Own schemes</a>
    </>
  );
}

// The word that lets this page load's style elements through the content security policy.

import { createContext } from 'react';

/** Set once around everything; empty outside the app. */
export const StyleNonce = createContext('');

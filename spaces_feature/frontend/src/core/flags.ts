/** What is open to the member, by the flags that came with the page. The server decides; a page draws no way to a refusal. */

import type { PageConfig } from './types';

/** Capabilities that parts of the page are drawn for. */
export type Capability =
  | 'spaces.listen' | 'spaces.host' | 'spaces.speak' | 'spaces.schedule' | 'spaces.anonymous' | 'spaces.guests'
  | 'spaces.reactions' | 'spaces.record' | 'spaces.clip';

type Flags = Pick<PageConfig, 'flags'>;

/** A flag that the page does not know of opens nothing. */
export const isOpen = ({ flags }: Flags, key: Capability): boolean => flags[key] === true;

/** Whether a Space may be planned for later: that too is hosting. */
export const mayPlan = (config: Flags): boolean => isOpen(config, 'spaces.host') && isOpen(config, 'spaces.schedule');

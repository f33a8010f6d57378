package io.paritree.profile;

import java.io.Serializable;

/**
 * What is counted of some rows. Counts of the same kind add up, in any order, to what one of them
 * would have counted.
 *
 * @param <C> the kind of counts
 */
public interface Counts<C> extends Serializable {
  /** Adds what another has counted. */
  void add(C other);

  /** Makes them small, before they are kept for long; they can be added to afterwards. */
  void pack();
}

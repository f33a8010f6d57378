package io.paritree.spark.publish;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Whose rows the partitions of an output have at some time. Thread-safe. */
@FunctionalInterface
public interface Published {
  /**
   * Returns which run has written the rows of a partition, even if others have rewritten the files.
   *
   * @param identities of the runs that may have, the newest first
   */
  Writer writer(String partition, List<String> identities) throws IOException;

  /**
   * The run that has written the rows of a partition.
   *
   * @param identity one of those that were asked for; empty if it is none of them, or not known
   * @param isGone whether there is no such partition any more
   */
  record Writer(Optional<String> identity, boolean isGone) {
    public static final Writer GONE = new Writer(Optional.empty(), true);
    public static final Writer UNKNOWN = new Writer(Optional.empty(), false);

    /** Returns the first of some identities that has written; {@link #UNKNOWN} if none has. */
    public static Writer first(List<String> identities, Predicate<String> has) {
      return new Writer(identities.stream().filter(has).findFirst(), false);
    }
  }
}

package io.paritree.spark.run;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What a reader sees of an output that knows nothing about Paritree: it lists the Parquet files and
 * reads their footers. It lists all the time, and reads where the list is another one: to read the
 * same footers again would take one of the cores. A read during which a file disappears does not
 * count: such a reader fails and reads again.
 */
interface ReaderView {
  /** Receives what a partition holds: the run of its rows, an empty text if it is absent. */
  @FunctionalInterface
  interface Sight {
    void of(String partition, String run);
  }

  /**
   * Looks at all partitions once, and reports those that have changed since they were reported.
   *
   * @return at how many it could look
   */
  int look(Sight sight);

  /** Returns how long a reader waits before it looks again. */
  Duration pause();

  /**
   * Returns the run whose rows each partition holds, while nothing is moved; an empty text if it is
   * absent.
   */
  Map<String, String> now() throws IOException;

  /** Returns which partitions have held anything but all rows of one run. */
  Set<String> violations();
}

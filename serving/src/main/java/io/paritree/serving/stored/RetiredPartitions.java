package io.paritree.serving.stored;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions that answer no new request, open until no request that began before still reads them.
 * Not thread-safe.
 */
final class RetiredPartitions {
  private static final Logger LOG = LoggerFactory.getLogger(RetiredPartitions.class);

  /** How long a request may read the partitions that it began with. */
  private static final long OPEN_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final String output;
  private final OpenFiles files;
  private final Deque<Retired> retired = new ArrayDeque<>(); // in the order of their times

  /**
   * @param since nanosecond clock
   */
  private record Retired(OpenPartition partition, long since) {}

  RetiredPartitions(String output, OpenFiles files) {
    this.output = output;
    this.files = files;
  }

  void add(Collection<OpenPartition> leaving) {
    long now = System.nanoTime();
    leaving.forEach(partition -> retired.add(new Retired(partition, now)));
  }

  /** Closes the partitions that left long ago; where files are short, all. */
  void closeOld() {
    while (!retired.isEmpty()
        && (System.nanoTime() - retired.peek().since >= OPEN_NANOS || files.areShort())) {
      close(retired.remove().partition);
    }
  }

  void closeAll() {
    retired.forEach(left -> close(left.partition));
    retired.clear();
  }

  private void close(OpenPartition partition) {
    files.giveBack(partition.fileCount());
    try {
      partition.close();
    } catch (IOException e) {
      LOG.warn("Cannot close the index of {}, {}", output, partition.name(), e);
    }
  }
}

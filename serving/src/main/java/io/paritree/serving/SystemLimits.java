package io.paritree.serving;

import com.sun.management.UnixOperatingSystemMXBean;
import io.paritree.config.ConfigurationException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.insight.runs.RunsHandler;
import java.lang.management.ManagementFactory;

/**
 * Checks at start that the system grants the files and the heap that the configured limits need: a
 * server without them would fail requests that its limits allow, or end.
 */
final class SystemLimits {
  /** Files of the program, its models and logs, and connections of the operator's port. */
  private static final int OTHER_FILES = 128;

  private static final long MEBIBYTE = 1 << 20;

  private SystemLimits() {}

  /**
   * Checks that the process may open as many files as connections are allowed, and the indexes of
   * stored scores, each twice: the old one is open until the one that replaces it has been for a
   * while.
   *
   * @param indexes number of their files
   * @throws ConfigurationException if it may not
   */
  static void checkFiles(ServingConfig config, long indexes) throws ConfigurationException {
    checkFiles(config.server().maxConnections(), 2 * indexes, files());
  }

  /** Returns how many files are left for the indexes of stored scores. */
  static long filesOfIndexes(ServingConfig config) {
    return files() - OTHER_FILES - config.server().maxConnections();
  }

  /**
   * Checks that the process may open the files of the program itself; called before any other class
   * is used, because each library is a file.
   *
   * @throws ConfigurationException if it may not
   */
  static void checkFiles() throws ConfigurationException {
    if (files() < OTHER_FILES) {
      throw new ConfigurationException(
          "Cannot serve: the system lets this process open %s files, but the program alone needs %s;"
                  .formatted(files(), OTHER_FILES)
              + " raise the limit (ulimit -n, or LimitNOFILE of systemd)");
    }
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  static void checkFiles(int connections, long indexes, long files) throws ConfigurationException {
    long others = OTHER_FILES + indexes;
    long needed = connections + others;
    if (files < needed) {
      String fewer =
          files > others
              ? ", or set server.max-connections to %s or less".formatted(files - others)
              : "";
      String stored =
          indexes > 0 ? " and the indexes of stored scores, each twice, need" : " needs";
      throw new ConfigurationException(
          "Cannot serve: the system lets this process open %s files, but server.max-connections ="
                  .formatted(files)
              + " %s%s %s; raise the limit (ulimit -n %s, or LimitNOFILE of systemd)%s"
                  .formatted(connections, stored, needed, needed, fewer));
    }
  }

  /**
   * Checks that the heap holds, beside the open models and indexes, what the limits allow callers
   * to occupy.
   *
   * @throws ConfigurationException if it does not
   */
  static void checkHeap(ServingConfig config) throws ConfigurationException {
    Runtime runtime = Runtime.getRuntime();
    if (used(runtime) + occupied(config) > runtime.maxMemory()) {
      System.gc(); // only now, because memory in use may be garbage
      checkHeap(config, used(runtime), runtime.maxMemory());
    }
  }

  private static long used(Runtime runtime) {
    return runtime.totalMemory() - runtime.freeMemory();
  }

  static void checkHeap(ServingConfig config, long used, long heap) throws ConfigurationException {
    long callers = occupied(config);
    if (used + callers > heap) {
      throw new ConfigurationException(
          "Cannot serve: the heap has %s MiB, but models and indexes take %s MiB and callers may occupy %s"
                  .formatted(heap / MEBIBYTE, up(used), up(callers))
              + " MiB; give it more (PARITREE_JAVA_OPTS=-Xmx%sm), or lower limits.pending-bodies"
                  // the collector keeps a part of -Xmx to itself
                  .formatted(up((used + callers) / 8 * 9))
              + " (counted twice), limits.pending-answers, or limits.body (of each running request)"
              + reports(config));
    }
  }

  private static String reports(ServingConfig config) {
    long bytes = RunsHandler.mostBytes(config.scores().tables().size());
    return bytes == 0 ? "" : "; reports of runs take %s MiB of it".formatted(up(bytes));
  }

  /**
   * Returns the most bytes that requests and answers take: arriving, waiting, running, unread, and
   * left for challengers; and what is read and kept of the reports of runs.
   */
  private static long occupied(ServingConfig config) {
    ServingConfig.Limits limits = config.limits();
    long running = (long) config.admission().permits() * limits.body();
    long shadowed = (long) config.models().shadowQueue() * config.models().shadow().size();
    long reports = RunsHandler.mostBytes(config.scores().tables().size());
    return 2L * limits.pendingBodies() + limits.pendingAnswers() + running + shadowed + reports;
  }

  private static long up(long bytes) {
    return (bytes + MEBIBYTE - 1) / MEBIBYTE;
  }
}

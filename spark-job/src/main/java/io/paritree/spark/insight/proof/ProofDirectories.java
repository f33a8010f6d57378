package io.paritree.spark.insight.proof;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The directories of one proof. They are removed when it ends, also if a signal ends it. What
 * cannot be removed is printed, and is no failure of the proof.
 */
final class ProofDirectories implements AutoCloseable {
  /** Hadoop ends in steps: Spark's is 30 above that of its clients, which are still needed. */
  private static final int AFTER_SPARK = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private final Path local;
  private final Location tables;
  private final Map<String, String> hadoop;
  private final PrintStream err;
  private final Runnable removal = this::remove;
  private volatile boolean hasTables;

  /**
   * @param scratch where tables are written; empty for a local directory
   * @param hadoop settings of Hadoop's client
   * @param err receives what cannot be removed
   */
  ProofDirectories(String scratch, Map<String, String> hadoop, PrintStream err) throws IOException {
    Optional<Location> shared =
        scratch.isEmpty() ? Optional.empty() : Optional.of(FileStore.located(scratch, hadoop));
    this.hadoop = hadoop;
    this.err = err;
    this.local = Files.createTempDirectory("paritree-prove"); // last of what can fail
    this.tables = shared.orElse(Location.of(local)).resolve("parity-" + UUID.randomUUID());
    ShutdownHookManager.get().addShutdownHook(removal, AFTER_SPARK);
  }

  /** Returns the directory for files of this process; it is there. */
  Path local() {
    return local;
  }

  /** Returns the directory for tables, which executors can write to; it is not there yet. */
  Location tables() {
    hasTables = true;
    return tables;
  }

  private void remove() {
    try {
      if (hasTables) {
        delete(tables);
      }
    } finally {
      delete(Location.of(local));
    }
  }

  private void delete(Location directory) {
    try {
      FileStore.of(directory, hadoop).delete(directory);
    } catch (Throwable e) { // the proof has its result, which nothing may take the place of
      err.println(
          "Cannot delete %s: %s; it has the records that were tried, so delete it by hand"
              .formatted(directory, e));
    }
  }

  @Override
  public void close() {
    try {
      ShutdownHookManager.get().removeShutdownHook(removal);
    } catch (IllegalStateException e) {
      // the process ends, and runs it once more
    }

    remove();
  }
}

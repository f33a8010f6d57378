package io.paritree.spark.proof;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/** The directories of one proof. They are removed when it ends, also if a signal ends it. */
final class ProofDirectories implements AutoCloseable {
  /** Hadoop ends in steps: Spark's is 30 above that of its clients, which are still needed. */
  private static final int AFTER_SPARK = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private final Path local;
  private final Location tables;
  private final Map<String, String> hadoop;
  private final Runnable removal = this::remove;
  private volatile boolean hasTables;

  /**
   * @param scratch where tables are written; empty for a local directory
   * @param hadoop settings of Hadoop's client
   */
  ProofDirectories(String scratch, Map<String, String> hadoop) throws IOException {
    this.local = Files.createTempDirectory("paritree-prove");
    this.tables =
        (scratch.isEmpty() ? Location.of(local) : FileStore.located(scratch, hadoop))
            .resolve("parity-" + UUID.randomUUID());
    this.hadoop = hadoop;
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
        FileStore.of(tables, hadoop).delete(tables);
      }

      FileStore.of(Location.of(local), hadoop).delete(Location.of(local));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(removal);
    }

    try {
      remove();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

package io.paritree.serving.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that give way to those that answer requests, also on Linux, where the JVM ignores Java's
 * priorities: there such a thread begins by giving itself the lowest priority of the system ({@code
 * man 2 setpriority}, which is per thread on Linux), with the command {@code renice}, as Java has
 * no call for that. Where there is no such command it runs as others do.
 */
public final class BackgroundThread {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundThread.class);
  private static final Path SELF = Path.of("/proc/thread-self");
  private static final String LOWEST = "19";

  private BackgroundThread() {}

  /** Returns a thread that has not begun; it keeps no JVM running. */
  public static Thread of(Runnable task, String name) {
    Thread thread =
        new Thread(
            () -> {
              giveWay();
              task.run();
            },
            name);
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY); // which is enough on other systems
    return thread;
  }

  private static void giveWay() {
    if (!Files.isSymbolicLink(SELF)) {
      return;
    }

    try {
      String id = Files.readSymbolicLink(SELF).getFileName().toString();
      new ProcessBuilder("renice", "-n", LOWEST, "-p", id)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException | RuntimeException | Error e) {
      LOG.debug("A thread keeps its priority", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

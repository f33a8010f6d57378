package io.paritree.serving.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackgroundThreadTest {
  /** Returns the nice value of this thread, as {@code man 5 proc_pid_stat} has it. */
  private static int nice() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void itsTaskHasTheLowestPriorityOfTheSystemAndOtherThreadsKeepTheirs() throws Exception {
    int before = nice();
    CompletableFuture<Integer> of = new CompletableFuture<>();
    Thread thread = BackgroundThread.of(() -> of.complete(nice()), "in the background");

    thread.start();

    assertThat(of.get(10, TimeUnit.SECONDS)).isEqualTo(19);
    assertThat(nice()).isEqualTo(before).isLessThan(19);
    assertThat(thread.isDaemon()).isTrue();
  }
}

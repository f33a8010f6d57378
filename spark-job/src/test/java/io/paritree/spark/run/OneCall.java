package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A command that is to make one call of a store at a time, seen by its calls of {@link
 * WatchedFileSystem}.
 *
 * @param configuration the file with this setting
 */
record OneCall(Path configuration) {
  /** Returns one that begins now. */
  static OneCall in(Path directory) throws IOException {
    WatchedFileSystem.forgetCallers();
    return new OneCall(
        Files.writeString(directory.resolve("one.conf"), "scoring-job.store-calls = 1\n"));
  }

  /** Checks that this thread has made calls since, and none of those that make many at once. */
  void wasMadeByThisThread() {
    assertThat(WatchedFileSystem.callers())
        .contains(Thread.currentThread().getName())
        .noneMatch(caller -> caller.startsWith(CallsAtOnce.THREAD));
  }
}

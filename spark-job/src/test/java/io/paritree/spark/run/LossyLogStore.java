package io.paritree.spark.run;

import io.delta.storage.HDFSLogStore;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Delta's own store of logs on local disks and HDFS, which may lose the answer to a commit. */
public final class LossyLogStore extends HDFSLogStore {
  private static final AtomicReference<Optional<LostAnswer>> NEXT =
      new AtomicReference<>(Optional.empty());

  public LossyLogStore(Configuration settings) {
    super(settings);
  }

  /** Loses the answer to the next commit. */
  static void loseNext(LostAnswer answer) {
    NEXT.set(Optional.of(answer));
  }

  /** Loses no answer from now on. */
  static void loseNone() {
    NEXT.set(Optional.empty());
  }

  @Override
  public void write(Path file, Iterator<String> actions, Boolean overwrites, Configuration settings)
      throws IOException {
    boolean isCommit = file.getName().matches("[0-9]+[.]json");
    Optional<LostAnswer> lost = isCommit ? NEXT.getAndSet(Optional.empty()) : Optional.empty();
    if (lost.isEmpty()) {
      super.write(file, actions, overwrites, settings);
      return;
    }

    if (lost.get().isMade()) {
      super.write(file, actions, overwrites, settings);
    }

    lost.get().others().run();
    Exception failure = lost.get().failure();
    if (failure instanceof IOException known) {
      throw known;
    }

    throw (RuntimeException) failure;
  }
}

package io.paritree.serving;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files as the files of another store, {@code far://store/...}; counts what is opened. */
public final class FarStore extends RawLocalFileSystem {
  /** How many files of shards were opened. */
  static final AtomicInteger SHARDS = new AtomicInteger();

  @Override
  public URI getUri() {
    return URI.create("far://store");
  }

  @Override
  public String getScheme() {
    return "far";
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (file.getName().startsWith("shard-")) {
      SHARDS.incrementAndGet();
    }

    return super.open(file, bufferSize);
  }
}

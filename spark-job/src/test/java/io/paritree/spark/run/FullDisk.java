package io.paritree.spark.run;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** Hadoop's local file system on a disk that takes only a given number of bytes. */
public final class FullDisk extends RawLocalFileSystem {
  static final String REASON = "No space left on device";
  private static final AtomicLong FREE = new AtomicLong();

  /** Lets the tasks of this JVM write this many bytes in total. */
  static void begin(Configuration hadoop, long bytes) {
    FREE.set(bytes);
    hadoop.set("fs.file.impl", FullDisk.class.getName());
    hadoop.set("fs.file.impl.disable.cache", "true");
  }

  static void end(Configuration hadoop) {
    hadoop.unset("fs.file.impl");
    hadoop.unset("fs.file.impl.disable.cache");
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream out = super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new Limited(out), null);
  }

  private static final class Limited extends FilterOutputStream {
    private Limited(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (FREE.addAndGet(-length) < 0) {
        throw new IOException(REASON);
      }

      out.write(bytes, offset, length);
    }
  }
}

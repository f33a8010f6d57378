package io.paritree.serving.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * The process's standard output as a log.
 *
 * <p>Does not use {@code System.out}: a blocked pipe would hold its lock when the server stops.
 */
final class StandardOutput implements LogTarget {
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  @Override
  public void write(byte[] lines, int length) throws IOException {
    out.write(lines, 0, length);
  }

  @Override
  public void close() {
    // The descriptor belongs to the process.
  }
}

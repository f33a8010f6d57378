package io.paritree.serving.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The standard output of the process.
 *
 * <p>Does not use {@code System.out}: a blocked pipe would hold its lock when the server stops.
 * What was written cannot be taken back, so a line that was cut by a full disk stays, and the next
 * one begins in a line of its own.
 */
final class StandardOutput implements LogTarget {
  private static final byte[] END = {'\n'};

  private final WritableByteChannel out;
  private boolean cut; // the last line has no end

  StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out).getChannel());
  }

  StandardOutput(WritableByteChannel out) {
    this.out = out;
  }

  @Override
  public void write(byte[] lines, int length) throws IOException {
    if (cut) {
      writeAll(ByteBuffer.wrap(END));
      cut = false;
    }

    ByteBuffer all = ByteBuffer.wrap(lines, 0, length);
    try {
      writeAll(all);
    } catch (IOException e) {
      int written = all.position();
      cut = written > 0 && lines[written - 1] != END[0];
      throw new PartialWriteException(written, e);
    }
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (out.write(bytes) == 0) {
        throw new IOException("it takes no more bytes now"); // a pipe that does not wait
      }
    }
  }

  @Override
  public void close() {
    // The descriptor belongs to the process.
  }
}

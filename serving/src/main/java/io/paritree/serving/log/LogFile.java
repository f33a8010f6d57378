package io.paritree.serving.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file to which lines are appended; created with mode 0600.
 *
 * <p>If it was renamed or removed, it is created again before the next lines are written. Lines
 * that were written only in part, because the disk is full, are cut off again. Not thread-safe.
 */
final class LogFile implements LogTarget {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final int KIND_OF_FILE = 0170000;
  private static final int NAMED_PIPE = 0010000;

  private final Path file;
  private FileChannel channel; // null while it cannot be opened
  private Object key; // of the file that is open

  /**
   * Opens the file.
   *
   * @throws IOException if it cannot be opened
   */
  LogFile(Path file) throws IOException {
    this.file = file.toAbsolutePath();
    try {
      open();
    } catch (NoSuchFileException e) {
      throw new IOException(
          "Cannot write a log to %s: there is no such directory".formatted(file), e);
    } catch (IOException e) {
      throw new IOException("Cannot write a log to %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private void open() throws IOException {
    refusePipe();
    FileAttribute<?>[] attributes =
        posix()
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    channel = FileChannel.open(file, options, attributes);
    key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private boolean posix() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Refuses a named pipe, because opening one waits for its reader. */
  private void refusePipe() throws IOException {
    if (posix()
        && Files.exists(file)
        && ((int) Files.getAttribute(file, "unix:mode") & KIND_OF_FILE) == NAMED_PIPE) {
      throw new IOException("it is a named pipe; use stdout");
    }
  }

  /** Makes sure that the file that now has this name is open. */
  void prepare() throws IOException {
    if (channel != null && !isInPlace()) {
      close();
    }

    if (channel == null) {
      open();
    }
  }

  private boolean isInPlace() throws IOException {
    try {
      return key == null
          || key.equals(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Sets the mode to 0600, even if another program created the file. */
  void restrict() throws IOException {
    if (posix() && Files.isRegularFile(file)) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
  }

  Path file() {
    return file;
  }

  /** Returns the size of the file in bytes; the file must be open. */
  long bytes() throws IOException {
    return channel.size();
  }

  @Override
  public void write(byte[] lines, int length) throws IOException {
    prepare();
    long before = channel.size();
    ByteBuffer buffer = ByteBuffer.wrap(lines, 0, length);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      // Not if another process has appended something in the meantime.
      if (buffer.position() > 0 && channel.size() == before + buffer.position()) {
        channel.truncate(before);
      }

      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      FileChannel open = channel;
      channel = null;
      open.close();
    }
  }
}

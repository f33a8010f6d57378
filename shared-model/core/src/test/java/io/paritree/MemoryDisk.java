package io.paritree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Directories for tests that have many small files written through to the disk, which only the
 * order of the operations matters to: in memory, if this machine has room there.
 */
public final class MemoryDisk implements TempDirFactory {
  private static final Path DISK = Path.of("/dev/shm");
  private static final long ENOUGH_BYTES = 2L << 30;

  /** Makes a directory, which the caller removes. */
  public static Path directory() throws IOException {
    boolean isThere = Files.isDirectory(DISK) && Files.isWritable(DISK);
    return isThere && Files.getFileStore(DISK).getUsableSpace() > ENOUGH_BYTES
        ? Files.createTempDirectory(DISK, "paritree")
        : Files.createTempDirectory("paritree");
  }

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws IOException {
    return directory();
  }
}

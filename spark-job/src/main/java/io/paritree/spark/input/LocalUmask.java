package io.paritree.spark.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The umask of this process, which Hadoop's local file system does not know: it gives files and
 * directories the modes of its own setting, by default as for the umask 022.
 */
public final class LocalUmask {
  public static final String SETTING = FsPermission.UMASK_LABEL;

  private static boolean isUsed;

  private LocalUmask() {}

  /**
   * Lets the local file system of this JVM use the umask, or the one that Hadoop's settings name.
   * The modes on other file systems stay as they are set.
   */
  public static synchronized void use(Configuration hadoop) throws IOException {
    if (isUsed) {
      return;
    }

    // Hadoop keeps one instance, with the settings that were given first.
    FileSystem local = FileSystem.getLocal(hadoop).getRaw();
    Configuration settings = new Configuration(local.getConf());
    settings.set(SETTING, of(hadoop).orElseGet(() -> hadoop.get(SETTING, "022")));
    local.setConf(settings);
    isUsed = true;
  }

  /** Returns the umask in octal digits; empty if Hadoop's settings name one, or there is none. */
  public static Optional<String> of(Configuration hadoop) throws IOException {
    String[] sources = hadoop.getPropertySources(SETTING);
    boolean isDefault =
        sources == null || Arrays.stream(sources).allMatch(source -> source.contains("default"));
    if (!isDefault) {
      return Optional.empty();
    }

    Path probe = Files.createTempDirectory("paritree");
    try {
      Path made = Files.createDirectory(probe.resolve("made"));
      try {
        return Optional.of(String.format(Locale.ROOT, "%03o", 0777 & ~mode(made)));
      } catch (UnsupportedOperationException e) {
        return Optional.empty(); // no POSIX
      } finally {
        Files.delete(made);
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static int mode(Path file) throws IOException {
    String symbols = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    return FsPermission.valueOf("-" + symbols).toShort();
  }
}

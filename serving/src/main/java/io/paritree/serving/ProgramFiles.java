package io.paritree.serving;

import io.paritree.Sha256;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The jars that this process runs from, which nobody may write over while it does: classes that it
 * loads later would then be missing, and requests get no answer, while probes do.
 *
 * <p>A jar in whose place another one was renamed does not matter, as the JVM has the old one open;
 * neither does one that has only got another time. Not thread-safe.
 */
final class ProgramFiles {
  private static final long LOOK_SECONDS = 1;

  /** A jar ends with the list of its entries, with their places and checksums. */
  private static final int END_BYTES = 64 << 10;

  private final Map<Path, Seen> files = new LinkedHashMap<>();
  private final Map<Path, Stamp> changing = new LinkedHashMap<>();

  /** By what it is noticed that a file has changed, without reading it. */
  private record Stamp(long bytes, long modifiedMillis, Object key) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(now.size(), now.lastModifiedTime().toMillis(), now.fileKey());
    }

    boolean isSameFile(Stamp other) {
      return key != null && key.equals(other.key);
    }
  }

  private record Seen(Stamp stamp, String end) {}

  /**
   * @param jars the files; those that cannot be read are left out
   */
  ProgramFiles(List<Path> jars) {
    for (Path jar : jars) {
      try {
        files.put(jar, new Seen(Stamp.of(jar), end(jar)));
      } catch (IOException e) {
        // nothing is loaded from it
      }
    }
  }

  /** Returns the jars of a class path, and those that they name. */
  static List<Path> of(String classPath) {
    List<Path> jars = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      Path jar = Path.of(entry).toAbsolutePath();
      if (entry.endsWith(".jar") && Files.isRegularFile(jar)) {
        jars.add(jar);
        named(jar).forEach(name -> jars.add(jar.resolveSibling(name)));
      }
    }

    return jars;
  }

  private static List<String> named(Path jar) {
    try (JarFile open = new JarFile(jar.toFile())) {
      Manifest manifest = open.getManifest();
      String names =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return names == null ? List.of() : List.of(names.strip().split(" +"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Looks once a second, in a thread of its own.
   *
   * @param replaced receives the first file that was written over
   */
  static void watch(String classPath, Consumer<Path> replaced) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread watching = new Thread(task, "program files");
              watching.setDaemon(true);
              return watching;
            });
    thread.execute(
        () -> {
          ProgramFiles program = new ProgramFiles(of(classPath));
          thread.scheduleWithFixedDelay(
              () -> program.replaced().ifPresent(replaced),
              LOOK_SECONDS,
              LOOK_SECONDS,
              TimeUnit.SECONDS);
        });
  }

  /**
   * Returns a file that was written over, once it is no longer being written: when two looks one
   * after the other find the same.
   */
  Optional<Path> replaced() {
    for (Path file : List.copyOf(files.keySet())) {
      try {
        if (isReplaced(file)) {
          return Optional.of(file);
        }
      } catch (IOException e) {
        // gone, or on its way: the JVM has it open
      }
    }

    return Optional.empty();
  }

  private boolean isReplaced(Path file) throws IOException {
    Seen seen = files.get(file);
    Stamp now = Stamp.of(file);
    if (now.equals(seen.stamp)) {
      changing.remove(file);
    } else if (!now.isSameFile(seen.stamp)) {
      files.remove(file); // another one has its name
    } else if (!now.equals(changing.put(file, now))) {
      return false; // it may still be written
    } else if (end(file).equals(seen.end)) {
      files.put(file, new Seen(now, seen.end));
    } else {
      return true;
    }

    return false;
  }

  private static String end(Path jar) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(jar.toFile(), "r")) {
      byte[] end = new byte[(int) Math.min(END_BYTES, open.length())];
      open.seek(open.length() - end.length);
      open.readFully(end);
      return Sha256.hex(end);
    }
  }
}

package io.paritree.spark.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The JDKs of this machine. */
final class JavaHomes {
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([0-9]+)[^\"]*\"");
  private static final int OLDEST = 17;

  private JavaHomes() {}

  /** Returns the home of the Java that runs this. */
  static Path own() throws IOException {
    return JobProcess.javaHome().toRealPath();
  }

  /**
   * Returns one home for each Java version that can run the job: those next to the one that runs
   * this, and that of {@code PARITREE_OTHER_JAVA_HOME}.
   */
  static TreeMap<Integer, Path> byVersion() throws IOException {
    Path own = own();
    TreeMap<Integer, Path> byVersion = new TreeMap<>();
    try (Stream<Path> beside = Files.list(own.getParent())) {
      beside.forEach(home -> byVersion.putIfAbsent(version(home), home));
    }

    String given = System.getenv("PARITREE_OTHER_JAVA_HOME");
    if (given != null) {
      byVersion.put(version(Path.of(given)), Path.of(given));
    }

    byVersion.put(Runtime.version().feature(), own);
    return new TreeMap<>(byVersion.tailMap(OLDEST));
  }

  /** Returns the version of the JDK in a directory; 0 if there is none. */
  private static int version(Path home) {
    try {
      Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
      boolean runs = Files.isExecutable(home.resolve("bin").resolve("java"));
      return runs && version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}

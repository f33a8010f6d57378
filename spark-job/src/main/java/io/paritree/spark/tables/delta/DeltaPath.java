package io.paritree.spark.tables.delta;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The path of a table as it was given, and what Delta's readers take its end for.
 *
 * @param path of the table
 * @param selector the end that is the version of a table, with its {@code @}; empty if there is
 *     none
 */
record DeltaPath(String path, String selector) {
  private static final Pattern VERSION = Pattern.compile("(.+)(@(?:[vV][0-9]+|[0-9]{17}))/*");
  private static final Pattern TIME = Pattern.compile("@(....)(..)(..)(..)(..)(..)(...)");

  private static DeltaPath of(String given) {
    Matcher parts = VERSION.matcher(given);
    return parts.matches()
        ? new DeltaPath(parts.group(1), parts.group(2))
        : new DeltaPath(given, "");
  }

  /** Returns why a path cannot name an input; empty if it can. */
  static Optional<String> inputProblem(String given, Configuration hadoop) throws IOException {
    return problem(
        given, hadoop, "; give %s and --as-of %s".formatted(of(given).path, of(given).asOf()));
  }

  /** Returns why a path cannot name an output; empty if it can. */
  static Optional<String> outputProblem(String given, Configuration hadoop) throws IOException {
    return problem(
        given,
        hadoop,
        ", which does not change; give %s, or another path".formatted(of(given).path));
  }

  private static Optional<String> problem(String given, Configuration hadoop, String advice)
      throws IOException {
    // A directory may have such a name, and then Delta reads it.
    Path whole = new Path(given);
    return of(given).selector.isEmpty() || whole.getFileSystem(hadoop).exists(whole)
        ? Optional.empty()
        : Optional.of(
            "Delta takes '%s' at the end of a path for a version of the table%s"
                .formatted(of(given).selector, advice));
  }

  /** Returns the version or the time as {@code --as-of} takes it. */
  private String asOf() {
    Matcher time = TIME.matcher(selector);
    return time.matches()
        ? time.replaceFirst("$1-$2-$3T$4:$5:$6.$7Z")
        : selector.replaceFirst("@[vV]?", "");
  }
}

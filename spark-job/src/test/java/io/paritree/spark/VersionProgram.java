package io.paritree.spark;

import java.util.Arrays;
import java.util.List;

/** Runs the job several times with a Spark, and then {@link SqlProgram}, all in one driver. */
public final class VersionProgram {
  static final String SQL = "--sql";

  private VersionProgram() {}

  /** Takes the words of a {@link JobSeries}, {@value #SQL}, and those of the program. */
  public static void main(String[] arguments) throws Exception {
    int sql = List.of(arguments).indexOf(SQL);
    int exitCode = JobSeries.exitCode(Arrays.copyOf(arguments, sql));
    if (exitCode != 0) {
      System.exit(exitCode);
    }

    SqlProgram.main(Arrays.copyOfRange(arguments, sql + 1, arguments.length));
  }
}

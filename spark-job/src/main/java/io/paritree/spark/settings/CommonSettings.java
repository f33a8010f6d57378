package io.paritree.spark.settings;

import io.paritree.config.Settings;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.CallsAtOnce;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** Settings of {@code scripts/score} that other commands read, too, in the same way. */
final class CommonSettings {
  /** No number of rows or runs is larger. */
  static final long TRILLION = 1_000_000_000_000L;

  private CommonSettings() {}

  /** Reads which table is read; empty if none is. */
  static Optional<TableToRead> inputTable(Settings settings, ParseResult given) {
    String name = settings.anyText("scoring-job.input-table");
    String asOf = given.matchedOptionValue("--as-of", "");
    if (name.isBlank() && !asOf.isEmpty()) {
      settings.problem("--as-of needs --input-table: it names a version of a table");
    }

    return name.isBlank() ? Optional.empty() : Optional.of(new TableToRead(name, asOf));
  }

  /** Checks that not two inputs are given. */
  static void checkInput(Settings settings, String path, Optional<TableToRead> table) {
    if (table.isPresent() && !path.isBlank()) {
      settings.problem("--input and --input-table cannot be combined: choose one");
    }
  }

  /** Refuses rows of CSV, for commands other than {@code scripts/score}. */
  static void refuseCsv(Settings settings) {
    if (settings.word("scoring-job.input-format", InputFormat.class) == InputFormat.CSV) {
      settings.problem(
          "--input-format csv is of scripts/score only: score Parquet, or convert the files to it");
    }
  }

  /** Reads how many calls of a store are made at the same time. */
  static CallsAtOnce calls(Settings settings) {
    return new CallsAtOnce((int) settings.whole("scoring-job.store-calls", 1, 1_000));
  }
}

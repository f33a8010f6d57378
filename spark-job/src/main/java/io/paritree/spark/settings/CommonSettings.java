package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.Settings;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.store.CallsAtOnce;
import java.util.List;
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
  static void checkInput(
      Settings settings, String path, InputFormat format, Optional<TableToRead> table) {
    if (table.isPresent() && !path.isBlank()) {
      settings.problem("--input and --input-table cannot be combined: choose one");
    } else if (table.isPresent() && format == InputFormat.CSV) {
      settings.problem("--input-format csv cannot be used with --input-table");
    }
  }

  /** Reads how many calls of a store are made at the same time. */
  static CallsAtOnce calls(Settings settings) {
    return new CallsAtOnce((int) settings.whole("scoring-job.store-calls", 1, 1_000));
  }

  /**
   * Reads the table that an option names, which runs append to; empty if none is named.
   *
   * @param others keys of places that it must not be
   */
  static Optional<TableToWrite> historyTable(
      Settings settings, String option, String key, List<String> others) {
    String name = settings.anyText("scoring-job." + key);
    if (name.isBlank()) {
      return Optional.empty();
    }

    others.stream()
        .filter(other -> settings.anyText("scoring-job." + other).equals(name))
        .findFirst()
        .ifPresent(
            other ->
                settings.problem(
                    "%s must be another place than --%s, but both are '%s'"
                        .formatted(
                            option,
                            other.substring(other.indexOf('.') + 1),
                            Fault.printable(name))));
    TableToWrite table = new TableToWrite(name, false);
    table
        .problem()
        .ifPresent(problem -> settings.problem("Cannot use %s: %s".formatted(option, problem)));
    return Optional.of(table);
  }
}

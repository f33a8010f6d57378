package io.paritree.spark.settings;

import io.paritree.config.Settings;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.spark.tables.formats.AskedScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of commands that look at published scores. */
final class PublishedArguments {
  private PublishedArguments() {}

  /** Returns the options, and those of a command after them. */
  static List<OptionSpec.Builder> optionsAnd(OptionSpec.Builder... others) {
    List<OptionSpec.Builder> options =
        new ArrayList<>(
            List.of(
                ScoreArguments.text("--output=DIR", "directory that the scores were published to"),
                ScoreArguments.text(
                    "--table=TABLE",
                    "table that they were published to, instead of --output: its path, which has a"
                        + " slash, or a name in a catalog of Spark's; its newest version is read"),
                ScoreArguments.text("--table-format=FORMAT", "format that tables must have"),
                ScoreArguments.text("--from=DAY", "first day of partitions that are read"),
                ScoreArguments.text("--to=DAY", "last day of partitions that are read")));
    options.addAll(Arrays.asList(others));
    return options;
  }

  static AskedScores read(Settings settings, ParseResult given) {
    AskedScores read =
        new AskedScores(
            settings.anyText("scoring-job.output"),
            settings.anyText("scoring-job.table"),
            settings.word("scoring-job.table-format", AskedFormat.class),
            settings.texts("scoring-job.keys", "names of columns", name -> !name.isEmpty()),
            ScoreArguments.day(settings, given, "--from"),
            ScoreArguments.day(settings, given, "--to"),
            CommonSettings.calls(settings));
    if (read.output().isBlank() == read.table().isBlank()) {
      settings.problem("one of --output and --table is needed, where the scores were published to");
    }

    if (read.from().isPresent()
        && read.to().isPresent()
        && read.from().get().isAfter(read.to().get())) {
      settings.problem("--from must not be after --to");
    }

    return read;
  }
}

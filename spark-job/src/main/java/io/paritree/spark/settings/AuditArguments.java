package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.ConfigurationException;
import io.paritree.config.Settings;
import io.paritree.output.PartitionValue;
import io.paritree.spark.insight.audit.AuditEngine;
import io.paritree.spark.insight.audit.AuditQuery;
import io.paritree.spark.tables.formats.AskedScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line of {@code scripts/parity audit}. An option replaces the setting of the same name
 * in the configuration file of {@code scripts/score}, unless it is of {@link #ONE_RUN}.
 *
 * @param query what is asked for
 * @param isStrict whether it is a failure if something is not proved
 * @param isJson whether the evidence is printed
 * @param json a file for the evidence; empty for none
 * @param isKept whether the evidence is kept beside the output
 */
public record AuditArguments(
    AuditQuery query, boolean isStrict, boolean isJson, String json, boolean isKept) {
  private static final List<String> ONE_RUN =
      List.of(
          "partition",
          "from",
          "to",
          "input-version",
          "sample",
          "engine",
          "strict",
          "format",
          "json",
          "keep",
          "conf");

  private static List<OptionSpec.Builder> options() {
    return PublishedArguments.optionsAnd(
        ScoreArguments.columns(
            "--keys", "columns that identify a row (default: those that the output records)"),
        ScoreArguments.texts(
            "--partition=COLUMN=VALUE",
            "partition to audit; repeatable, values of one column are alternatives (default: all)"),
        ScoreArguments.text(
            "--model=MODEL",
            "model as for scripts/score, or its store: versions that have scored are found in the same"
                + " store; without it rows are not scored again"),
        ScoreArguments.text(
            "--input=DIR",
            "directory or file that was scored (default: the one that the run records)"),
        ScoreArguments.text("--input-table=TABLE", "table that was scored, instead of --input"),
        ScoreArguments.text(
            "--input-version=VERSION",
            "version of the table that was scored (default: the one that the run records)"),
        ScoreArguments.text(
            "--sample=SHARE",
            "share of the keys whose rows are scored again, such as 0.01; the same ones each time"
                + " (default: 1, all)"),
        ScoreArguments.text(
            "--engine=ENGINE",
            "engine that scores them: spec, the plain loops over trees (default), or xgboost, the"
                + " library"),
        ScoreArguments.flag("--strict", "end with 3 if a partition is not proved"),
        CommandForm.format(),
        ScoreArguments.text("--json=FILE", "local file for the evidence, as JSON"),
        ScoreArguments.flag(
            "--keep",
            "keep the evidence of each partition in the output's state, where a server finds it"),
        ScoreArguments.text("--conf=FILE", "configuration file; see conf/scoring-job.conf"),
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this text"));
  }

  /** The command. */
  public static final CommandForm<AuditArguments> COMMAND =
      new CommandForm<>(
          "parity audit",
          "Proves published scores: files against their digests, the model by its digest, and rows"
              + " scored again by another engine, bit by bit.",
          "0 nothing differs; 1 anything else; 2 wrong usage; 3 output refused, or with"
              + " --strict a partition is not proved; 6 model refused; 7 a partition differs.",
          options(),
          AuditArguments::key,
          (settings, given) -> new Parser(settings, given).read());

  private static Optional<String> key(String option) {
    return ONE_RUN.contains(option) ? Optional.empty() : Optional.of("scoring-job." + option);
  }

  /** Reads the settings: the type and range of each. */
  private record Parser(Settings settings, ParseResult given) {
    AuditArguments read() throws ConfigurationException {
      AskedScores published = PublishedArguments.read(settings, given);
      String input = settings.anyText("scoring-job.input");
      String inputTable = settings.anyText("scoring-job.input-table");
      if (!input.isBlank() && !inputTable.isBlank()) {
        settings.problem("only one of --input and --input-table is possible");
      }

      CommonSettings.refuseCsv(settings);
      AuditQuery query =
          new AuditQuery(
              published,
              partitions(),
              settings.anyText("scoring-job.model"),
              new AuditQuery.Rows(input, inputTable, option("--input-version")),
              sample(),
              engine());
      boolean isJson = CommandForm.isJson(settings, given);

      settings.leave(key -> true);
      settings.finish();
      return new AuditArguments(
          query,
          given.hasMatchedOption("--strict"),
          isJson,
          option("--json"),
          given.hasMatchedOption("--keep"));
    }

    private String option(String name) {
      return given.matchedOptionValue(name, "");
    }

    private List<PartitionValue> partitions() {
      List<PartitionValue> partitions = new ArrayList<>();
      for (String text : given.matchedOptionValue("--partition", List.<String>of())) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
          settings.problem(
              "--partition must be COLUMN=VALUE, such as day=2026-11-24, but is '%s'"
                  .formatted(Fault.printable(text)));
        } else {
          partitions.add(new PartitionValue(text.substring(0, equals), text.substring(equals + 1)));
        }
      }

      return partitions;
    }

    private double sample() {
      String text = option("--sample");
      try {
        double share = text.isEmpty() ? 1 : Double.parseDouble(text);
        if (share > 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // falls through to the one message below
      }

      settings.problem(
          "--sample must be a number above 0, at most 1, such as 0.01, but is '%s'"
              .formatted(Fault.printable(text)));
      return 1;
    }

    private AuditEngine engine() {
      String text = option("--engine");
      Optional<AuditEngine> engine =
          Stream.of(AuditEngine.values()).filter(any -> word(any).equals(text)).findFirst();
      if (engine.isEmpty() && !text.isEmpty()) {
        settings.problem(
            "--engine must be %s, but is '%s'"
                .formatted(
                    Stream.of(AuditEngine.values())
                        .map(Parser::word)
                        .collect(Collectors.joining(" or ")),
                    Fault.printable(text)));
      }

      return engine.orElse(AuditEngine.SPEC);
    }

    private static String word(AuditEngine engine) {
      return engine.name().toLowerCase(Locale.ROOT);
    }
  }
}

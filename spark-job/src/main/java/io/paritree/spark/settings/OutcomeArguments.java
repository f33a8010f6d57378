package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.ConfigurationException;
import io.paritree.config.Settings;
import io.paritree.rule.RuleException;
import io.paritree.spark.insight.outcomes.OutcomeQuery;
import io.paritree.spark.insight.outcomes.Outcomes;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.tables.formats.AskedScores;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line of {@code scripts/outcomes}. An option replaces the setting of the same name in
 * the configuration file of {@code scripts/score}, unless it is of {@link #ONE_RUN}.
 *
 * @param query what is asked for
 * @param directory of the output; empty for a table of which only a catalog knows where it is
 * @param json a file for the report; empty for none
 */
public record OutcomeArguments(OutcomeQuery query, String directory, String json) {
  private static final String OWN = "scoring-job.outcomes.";
  private static final List<String> ONE_RUN = List.of("as-of", "from", "to", "json", "conf");

  /** What it has in common with {@code scripts/score}. */
  private static final List<String> SHARED = List.of("output", "table", "table-format", "keys");

  private static final Pattern DAYS = Pattern.compile("([1-9][0-9]{0,4})d");

  /** Returns whether a setting is for this command only. */
  static boolean isOwn(String key) {
    return key.startsWith(OWN);
  }

  private static List<OptionSpec.Builder> options() {
    return PublishedArguments.optionsAnd(
        ScoreArguments.columns("--keys", "columns that identify a row, in scores and labels"),
        ScoreArguments.text(
            "--score=COLUMN",
            "column of the scores, where a row has several (default: score, or those of all classes)"),
        ScoreArguments.text(
            "--group=COLUMN",
            "column of the scores whose values are lists: measure how the scores rank the rows of each,"
                + " and labels say how relevant a row is, from 0 to 31"),
        ScoreArguments.text(
            "--quantile=SHARE",
            "the scores are a quantile, below which this share of the outcomes should be, such as 0.9:"
                + " measure its pinball loss"),
        ScoreArguments.text(
            "--labels=SOURCE",
            "what came: a path, which has a slash, of Parquet or CSV files or of a table, or the name of a"
                + " table in a catalog of Spark's"),
        ScoreArguments.text("--label=COLUMN", "column of the labels: what came"),
        ScoreArguments.text(
            "--positive=VALUE",
            "the positive one of two values; true and 1 are without it, and so is the class of the"
                + " higher scores"),
        ScoreArguments.names(
            "--classes=NAMES",
            "names of several classes, in the order of their scores (default: by the labels that were"
                + " published)"),
        ScoreArguments.text(
            "--label-time=COLUMN",
            "column of the labels: when the label was known; of several labels of a key the latest"
                + " counts, and a label older than its score is left out"),
        ScoreArguments.text(
            "--weight=COLUMN",
            "column of the labels: how much a row counts (default: 1); not with --unmatched negative,"
                + " where rows have no label"),
        ScoreArguments.text(
            "--horizon=DAYS",
            "after how many days the labels of a partition are complete, such as 90d; only older"
                + " partitions are in totals"),
        ScoreArguments.text(
            "--as-of=DAY", "last day of labels that count (default: the day of the newest label)"),
        ScoreArguments.text(
            "--scored-at=COLUMN",
            "column of the scores: when a row was scored (default: the day of its partition)"),
        ScoreArguments.text(
            "--unmatched=WORD",
            "what a score without a label means: unknown (default), or negative in partitions that are"
                + " older than --horizon"),
        ScoreArguments.columns("--by", "columns of the scores whose values are measured each"),
        ScoreArguments.text(
            "--challenger-output=DIR",
            "directory that another model's scores of these rows were published to: measure both on the"
                + " rows that both have scored"),
        ScoreArguments.texts(
            "--require=RULE",
            "what must hold, such as \"total.auc >= 0.70\" or \"difference.auc_low >= 0\"; otherwise the"
                + " exit code is 8"),
        ScoreArguments.text("--json=FILE", "local file for the report, besides the output's state"),
        ScoreArguments.text("--conf=FILE", "configuration file; see conf/scoring-job.conf"),
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this text"));
  }

  /** The command. */
  public static final CommandForm<OutcomeArguments> COMMAND =
      new CommandForm<>(
          "outcomes",
          "Joins labels to published scores by their keys, and says how good the scores were.",
          "0 measured; 1 anything else; 2 wrong usage; 3 scores or labels refused; 8"
              + " a rule of --require does not hold.",
          options(),
          OutcomeArguments::key,
          (settings, given) -> new Parser(settings, given).read());

  private static Optional<String> key(String option) {
    if (ONE_RUN.contains(option)) {
      return Optional.empty();
    }

    return Optional.of((SHARED.contains(option) ? "scoring-job." : OWN) + option);
  }

  /** Reads the settings: the type and range of each. */
  private record Parser(Settings settings, ParseResult given) {
    OutcomeArguments read() throws ConfigurationException {
      AskedScores published = PublishedArguments.read(settings, given);
      OutcomeQuery query =
          new OutcomeQuery(
              published,
              new OutcomeQuery.Scores(
                  settings.anyText(OWN + "score"), settings.anyText(OWN + "group"), quantile()),
              new OutcomeQuery.Labels(
                  settings.anyText(OWN + "labels"),
                  settings.anyText(OWN + "label"),
                  settings.anyText(OWN + "positive"),
                  settings.texts(OWN + "classes", "names of classes", name -> !name.isEmpty()),
                  settings.anyText(OWN + "label-time"),
                  settings.anyText(OWN + "weight")),
              new OutcomeQuery.Maturity(
                  horizon(),
                  ScoreArguments.day(settings, given, "--as-of"),
                  settings.anyText(OWN + "scored-at")),
              settings.word(OWN + "unmatched", OutcomeQuery.Unmatched.class),
              settings.texts(OWN + "by", "names of columns", name -> !name.isEmpty()),
              settings.anyText(OWN + "challenger-output"),
              settings.texts(OWN + "require"));
      check(query);
      settings.leave(key -> !isOwn(key));
      settings.finish();
      boolean isTable = !published.table().isEmpty();
      TableToWrite written = new TableToWrite(published.table(), false);
      String directory = isTable ? published.table() : published.output();
      boolean isNamed = isTable && !written.isPath();
      return new OutcomeArguments(
          query, isNamed ? "" : directory, given.matchedOptionValue("--json", ""));
    }

    private void check(OutcomeQuery query) {
      OutcomeQuery.Scores scores = query.scores();
      need("keys", "scoring-job.", !query.keys().isEmpty());
      need("labels", OWN, !query.labels().source().isBlank());
      need("label", OWN, !query.labels().column().isBlank());

      if (!scores.group().isBlank()
          && (!query.labels().classes().isEmpty() || scores.quantile().isPresent())) {
        settings.problem(
            "--group is not possible with --classes or --quantile: outcomes of lists are how relevant"
                + " rows are");
      }

      if (query.unmatched() == OutcomeQuery.Unmatched.NEGATIVE
          && !query.labels().weight().isBlank()) {
        settings.problem(
            "--weight is not possible with --unmatched negative: labels have the weights, and a row"
                + " without a label would have none");
      }

      try {
        Outcomes.check(query);
      } catch (RuleException e) {
        settings.problem(e.getMessage());
      }
    }

    private void need(String name, String group, boolean isThere) {
      if (!isThere) {
        settings.problem(
            "--%s is missing: give it on the command line, or as %s%s in the configuration file"
                .formatted(name, group, name));
      }
    }

    private OptionalDouble quantile() {
      String text = settings.anyText(OWN + "quantile");
      if (text.isEmpty()) {
        return OptionalDouble.empty();
      }

      try {
        double share = Double.parseDouble(text);
        if (share > 0 && share < 1) {
          return OptionalDouble.of(share);
        }
      } catch (NumberFormatException e) {
        // falls through to the one message below
      }

      settings.problem(
          "--quantile must be a number between 0 and 1, such as 0.9, but is '%s'"
              .formatted(Fault.printable(text)));
      return OptionalDouble.empty();
    }

    private Optional<Integer> horizon() {
      String text = settings.anyText(OWN + "horizon");
      if (text.isEmpty()) {
        return Optional.empty();
      }

      Matcher days = DAYS.matcher(text);
      if (!days.matches()) {
        settings.problem(
            "--horizon must be a number of days, such as 90d, but is '%s'"
                .formatted(Fault.printable(text)));
        return Optional.empty();
      }

      return Optional.of(Integer.valueOf(days.group(1)));
    }
  }
}

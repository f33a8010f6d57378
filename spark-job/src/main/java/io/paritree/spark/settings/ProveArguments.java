package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.ConfigurationException;
import io.paritree.config.Settings;
import io.paritree.feature.NearestName;
import io.paritree.spark.insight.proof.ProveQuery;
import io.paritree.spark.insight.proof.Proving;
import io.paritree.spark.tables.formats.AskedFormat;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line of {@code scripts/parity prove}. An option replaces the setting of the same name
 * in the configuration file of {@code scripts/score}, unless it is of {@link #ONE_RUN}.
 *
 * @param query what is asked for
 * @param isJson whether the evidence is printed
 * @param evidence a file for the evidence; empty for none
 */
public record ProveArguments(ProveQuery query, boolean isJson, String evidence) {
  private static final int NATURAL = 800_000;
  private static final double MOST_UNTRIED = 0.02;
  private static final int ADVERSARIAL = 200_000;
  private static final int MOST = 1_000_000_000;
  private static final String TOKEN = "PARITREE_TOKEN";

  /** The variable of the environment with the program that starts a server. */
  private static final String PROGRAM = "PARITREE_SERVE";

  private static final List<String> ONE_RUN =
      List.of(
          "as-of",
          "natural",
          "max-untried",
          "adversarial",
          "seed",
          "ways",
          "scratch",
          "server",
          "format",
          "evidence",
          "conf");

  private static List<OptionSpec.Builder> options() {
    return List.of(
        ScoreArguments.text("--model=MODEL", "model as for scripts/score"),
        ScoreArguments.text(
            "--input=DIR",
            "directory or file with rows to try; without it all records are generated"),
        ScoreArguments.text("--input-table=TABLE", "table with rows to try, as for scripts/score"),
        ScoreArguments.text("--table-format=FORMAT", "format that it must have"),
        ScoreArguments.text("--as-of=VERSION", "version of it that is read (default: now)"),
        ScoreArguments.text(
            "--natural=N",
            "how many rows of it are tried, at most (default: %s)".formatted(NATURAL)),
        ScoreArguments.text(
            "--max-untried=SHARE",
            "share of these rows that a way may leave out, since it cannot have their values (default: %s)"
                .formatted(MOST_UNTRIED)),
        ScoreArguments.text(
            "--adversarial=N",
            "how many records are generated, with values at the model's thresholds and such as formats read differently (default: %s)"
                .formatted(ADVERSARIAL)),
        ScoreArguments.text("--seed=N", "number that these are made from (default: 1)"),
        ScoreArguments.names(
            "--ways=WAYS",
            "ways that are tried beside spec, the plain loops over trees: some of %s (default: all"
                    .formatted(String.join(",", Proving.names()))
                + " that are here)"),
        ScoreArguments.text(
            "--scratch=DIR",
            "directory for tables of the records, which executors can write to; what is in it of"
                + " this run is deleted (default: a local one, for a local Spark)"),
        ScoreArguments.text(
            "--server=URL",
            "a running server that serves the model, for the ways over HTTP; if callers need a token,"
                + " it is in the environment's "
                + TOKEN
                + " (default: one that is started for this run, if it is installed here)"),
        CommandForm.format(),
        ScoreArguments.text(
            "--evidence=FILE",
            "local file for the evidence, as JSON; FILE.sha256 gets its digest, for sha256sum -c"),
        ScoreArguments.text("--conf=FILE", "configuration file; see conf/scoring-job.conf"),
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this text"));
  }

  /** The command. */
  public static final CommandForm<ProveArguments> COMMAND =
      new CommandForm<>(
          "parity prove",
          "Proves that all ways to score give the same bits: the same records through each, rows of"
              + " an input and records made from model and schema.",
          "0 nothing differs; 1 anything else; 2 wrong usage; 3 input refused, a way of --ways is"
              + " not here, or one leaves out more than --max-untried; 6 model refused; 7 a way differs.",
          options(),
          ProveArguments::key,
          (settings, given) -> new Parser(settings, given).read());

  private static Optional<String> key(String option) {
    return ONE_RUN.contains(option) ? Optional.empty() : Optional.of("scoring-job." + option);
  }

  /** Reads the settings: the type and range of each. */
  private record Parser(Settings settings, ParseResult given) {
    ProveArguments read() throws ConfigurationException {
      String model = settings.anyText("scoring-job.model");
      if (model.isBlank()) {
        settings.problem("--model is needed");
      }

      ProveQuery query =
          new ProveQuery(
              model,
              new ProveQuery.Rows(
                  settings.anyText("scoring-job.input"),
                  CommonSettings.inputTable(settings, given),
                  settings.word("scoring-job.table-format", AskedFormat.class),
                  CommonSettings.calls(settings)),
              (int) number("--natural", 0, MOST, NATURAL),
              mostUntried(),
              (int) number("--adversarial", 0, MOST, ADVERSARIAL),
              number("--seed", Long.MIN_VALUE, Long.MAX_VALUE, 1),
              ways(),
              option("--scratch"),
              server());
      CommonSettings.checkInput(settings, query.input().path(), query.input().table());
      CommonSettings.refuseCsv(settings);
      if (query.adversarial() == 0 && (query.natural() == 0 || query.input().name().isBlank())) {
        settings.problem(
            "nothing is to be tried: give --input or --input-table, or more than 0 as --adversarial");
      }

      boolean isJson = CommandForm.isJson(settings, given);

      settings.leave(key -> true);
      settings.finish();
      return new ProveArguments(query, isJson, option("--evidence"));
    }

    private String option(String name) {
      return given.matchedOptionValue(name, "");
    }

    private long number(String option, long least, long most, long otherwise) {
      String text = option(option);
      try {
        long number = text.isEmpty() ? otherwise : Long.parseLong(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // falls through to the one message below
      }

      settings.problem(
          "%s must be a whole number from %s to %s, but is '%s'"
              .formatted(option, least, most, Fault.printable(text)));
      return otherwise;
    }

    private double mostUntried() {
      String text = option("--max-untried");
      try {
        double share = text.isEmpty() ? MOST_UNTRIED : Double.parseDouble(text);
        if (share >= 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // falls through to the one message below
      }

      settings.problem(
          "--max-untried must be a number from 0 to 1, but is '%s'"
              .formatted(Fault.printable(text)));
      return MOST_UNTRIED;
    }

    private ProveQuery.Server server() {
      String url = option("--server");
      if (!url.isEmpty() && !url.matches("https?://[^/?#]+/*")) {
        settings.problem(
            "--server must be an address such as http://127.0.0.1:8080, but is '%s'"
                .formatted(Fault.printable(url)));
      }

      return new ProveQuery.Server(
          url, System.getenv().getOrDefault(TOKEN, ""), System.getenv().getOrDefault(PROGRAM, ""));
    }

    private List<String> ways() {
      List<String> ways = given.matchedOptionValue("--ways", List.of());
      for (String way : ways) {
        if (!Proving.names().contains(way)) {
          String nearest =
              NearestName.of(way, Proving.names())
                  .map(near -> "; did you mean '%s'?".formatted(near))
                  .orElse("");
          settings.problem(
              "--ways must be some of %s, but has '%s'%s"
                  .formatted(String.join(", ", Proving.names()), Fault.printable(way), nearest));
        }
      }

      return ways;
    }
  }
}

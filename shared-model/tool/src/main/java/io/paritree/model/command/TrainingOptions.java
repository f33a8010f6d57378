package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.rows.InputException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a package records about how its model was trained. */
final class TrainingOptions {
  private static final String SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--metric", paramLabel = "NAME=NUMBER", description = "A figure to record.")
  private Map<String, Double> metrics = new TreeMap<>();

  @Option(names = "--trained-on", paramLabel = "TEXT", description = "What it was trained on.")
  private String trainedOn;

  @Option(names = "--training-rows", paramLabel = "N", description = "Number of training rows.")
  private Long trainingRows;

  /** Refuses what cannot be recorded. */
  void check() {
    if (trainingRows != null && trainingRows < 0) {
      throw usage("Invalid --training-rows %s: expected 0 or more", trainingRows);
    }

    for (Map.Entry<String, Double> metric : metrics.entrySet()) {
      if (!Double.isFinite(metric.getValue())) {
        throw usage(
            "Invalid --metric %s=%s: expected a finite number", metric.getKey(), metric.getValue());
      }
    }
  }

  private ParameterException usage(String message, Object... values) {
    return new ParameterException(spec.commandLine(), message.formatted(values));
  }

  /** Returns where a package comes from that is sealed now. */
  Provenance provenance(GivenRows given) throws InputException {
    return new Provenance(
        now(),
        Optional.ofNullable(trainedOn),
        trainingRows == null ? OptionalLong.empty() : OptionalLong.of(trainingRows),
        metrics,
        Map.of(),
        given.golden().source(),
        given.compared());
  }

  private static Instant now() throws InputException {
    String epoch = System.getenv(SOURCE_DATE_EPOCH);
    if (epoch == null || epoch.isEmpty()) {
      return Instant.ofEpochSecond(Instant.now().getEpochSecond());
    }

    if (!epoch.matches("[0-9]{1,11}")) {
      throw new InputException(
          "Cannot use the environment's %s '%s': expected seconds since 1970"
              .formatted(SOURCE_DATE_EPOCH, Fault.printable(epoch)));
    }

    return Instant.ofEpochSecond(Long.parseLong(epoch));
  }
}

package io.paritree.spark.settings;

import io.paritree.Fault;
import io.paritree.config.Settings;
import io.paritree.reasons.Direction;
import io.paritree.reasons.ExplanationSettings;
import java.util.Optional;

/** Reads which reasons and contributions are written: the type and range of each setting. */
record ReasonSettingsParser(Settings settings) {
  /** Returns what is written; empty for nothing. */
  Optional<ExplanationSettings> explanation() {
    int most = (int) settings.whole("scoring-job.reasons", 0, Integer.MAX_VALUE);
    Direction direction = settings.word("scoring-job.reasons-direction", Direction.class);
    String from = settings.anyText("scoring-job.reasons-from");
    boolean contributions = settings.truth("scoring-job.contributions");
    float above = Float.NaN;
    if (!from.isEmpty()) {
      try {
        above = Float.parseFloat(from);
      } catch (NumberFormatException e) {
        above = Float.NaN;
      }

      if (Float.isNaN(above)) {
        settings.problem(
            "--reasons-from must be a number, but is '%s'".formatted(Fault.printable(from)));
      }
    }

    if (most == 0 && (direction != Direction.BOTH || !from.isEmpty())) {
      settings.problem("--reasons-direction and --reasons-from need --reasons");
    }

    return most == 0 && !contributions
        ? Optional.empty()
        : Optional.of(new ExplanationSettings(most, direction, above, contributions));
  }
}

package io.paritree.spark.settings;

import io.paritree.config.Settings;
import io.paritree.drift.DriftWords;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.spark.settings.JobSettings.DriftMode;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/**
 * Reads what is counted and compared of the rows: the type and range of each setting.
 *
 * @param given the options of this run only
 */
record DriftSettingsParser(Settings settings, ParseResult given) {
  private static final String MODE = "scoring-job.drift.mode";

  JobSettings.Drift drift() {
    DriftMode mode = settings.word(MODE, DriftMode.class);
    List<String> rules = settings.texts("scoring-job.drift.rules");
    List<String> more = given.matchedOptionValue("--rule", List.of());
    String accepted = given.matchedOptionValue("--accept-gates", "");
    if (given.hasMatchedOption("--accept-gates")) {
      if (mode != DriftMode.GATE) {
        settings.problem("--accept-gates needs --drift gate: nothing else holds partitions");
      } else if (accepted.isBlank()) {
        settings.problem("--accept-gates needs a reason, which is kept with what is published");
      }
    }

    if (mode == DriftMode.OFF && !more.isEmpty()) {
      settings.problem("--rule cannot be combined with --drift off");
    }

    for (String rule : Stream.concat(rules.stream(), more.stream()).toList()) {
      try {
        Rule.of(rule, DriftWords.ofAnyModel());
      } catch (RuleException e) {
        settings.problem(e.getMessage());
      }
    }

    return new JobSettings.Drift(
        mode,
        settings.whole("scoring-job.drift.sample-rows", 0, CommonSettings.TRILLION),
        settings.whole("scoring-job.drift.impact-rows", 0, CommonSettings.TRILLION),
        rules,
        more,
        accepted.strip());
  }
}

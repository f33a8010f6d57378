package io.paritree.spark.settings;

import io.paritree.config.Settings;
import io.paritree.spark.settings.JobSettings.Absence;
import io.paritree.spark.settings.JobSettings.ChallengerScores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads which other models score the rows: the type and range of each setting. */
record ChallengerSettingsParser(Settings settings) {
  private static final Pattern CHALLENGER = Pattern.compile("[A-Za-z0-9_]{1,32}=.+");

  JobSettings.Challengers challengers() {
    Map<String, String> models = new LinkedHashMap<>();
    List<String> given =
        settings.texts("scoring-job.challengers", "NAME=MODEL", CHALLENGER.asMatchPredicate());
    for (String challenger : given) {
      int end = challenger.indexOf('=');
      if (CHALLENGER.asMatchPredicate().test(challenger)
          && models.put(challenger.substring(0, end), challenger.substring(end + 1)) != null) {
        settings.problem(
            "--challenger has the name '%s' twice: each needs one of its own"
                .formatted(challenger.substring(0, end)));
      }
    }

    if (models.size() > JobSettings.Challengers.MOST) {
      settings.problem(
          "--challenger is given %s times: there can be %s"
              .formatted(models.size(), JobSettings.Challengers.MOST));
    }

    boolean required = settings.truth("scoring-job.challenger-required");
    if (required && models.isEmpty()) {
      settings.problem("--challenger-required needs --challenger");
    }

    boolean written = settings.truth("scoring-job.challenger-columns");
    if (written && models.isEmpty()) {
      settings.problem("--challenger-columns needs --challenger");
    }

    return new JobSettings.Challengers(
        models,
        written ? ChallengerScores.WRITTEN : ChallengerScores.LEFT_OUT,
        required ? Absence.REFUSED : Absence.REPORTED);
  }
}

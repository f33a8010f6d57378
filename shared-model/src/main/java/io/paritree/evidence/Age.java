package io.paritree.evidence;

import io.paritree.rule.Reading;
import io.paritree.rule.RuleWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How old a document is: {@code age.days <= 7}. */
final class Age {
  static final String SUBJECT = "age";
  static final List<RuleWords.Measure> MEASURES =
      List.of(RuleWords.Measure.value("days", List.of()));

  private static final double MILLIS_OF_DAY = 86_400_000.0;

  /** As far as clocks differ. */
  private static final Duration MOST_AHEAD = Duration.ofHours(1);

  private Age() {}

  /**
   * Returns the days since a time.
   *
   * @param what is of this time, for messages
   */
  static Reading days(String what, Instant time, Instant now) {
    return time.isAfter(now.plus(MOST_AHEAD))
        ? Reading.absent("%s in the future, at %s".formatted(what, time))
        : Reading.of(Duration.between(time, now).toMillis() / MILLIS_OF_DAY);
  }
}

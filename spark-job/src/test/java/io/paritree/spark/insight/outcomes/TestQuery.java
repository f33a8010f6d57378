package io.paritree.spark.insight.outcomes;

import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.spark.tables.formats.AskedScores;
import io.paritree.store.CallsAtOnce;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Questions for tests that read no rows. */
final class TestQuery {
  private TestQuery() {}

  static OutcomeQuery ofOutput(String output) {
    return new OutcomeQuery(
        new AskedScores(
            output,
            "",
            AskedFormat.AUTO,
            List.of("id"),
            Optional.empty(),
            Optional.empty(),
            CallsAtOnce.DEFAULT),
        new OutcomeQuery.Scores("", "", OptionalDouble.empty()),
        new OutcomeQuery.Labels("/labels", "late", "", List.of(), "", ""),
        new OutcomeQuery.Maturity(Optional.empty(), Optional.empty(), ""),
        OutcomeQuery.Unmatched.UNKNOWN,
        List.of(),
        "",
        List.of());
  }
}

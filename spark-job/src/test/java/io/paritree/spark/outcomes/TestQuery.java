package io.paritree.spark.outcomes;

import io.paritree.spark.formats.AskedFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Questions for tests that read no rows. */
final class TestQuery {
  private TestQuery() {}

  static OutcomeQuery ofOutput(String output) {
    return new OutcomeQuery(
        new OutcomeQuery.Scores(
            output,
            "",
            AskedFormat.AUTO,
            "",
            "",
            "",
            OptionalDouble.empty(),
            Optional.empty(),
            Optional.empty()),
        new OutcomeQuery.Labels("/labels", "late", "", List.of(), "", ""),
        List.of("id"),
        new OutcomeQuery.Maturity(Optional.empty(), Optional.empty(), ""),
        OutcomeQuery.Unmatched.UNKNOWN,
        List.of(),
        Optional.empty(),
        List.of());
  }
}

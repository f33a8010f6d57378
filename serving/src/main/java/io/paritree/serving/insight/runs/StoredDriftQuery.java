package io.paritree.serving.insight.runs;

import io.javalin.http.Context;
import io.paritree.drift.Baseline;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.QueryParameters;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The query of a request for the drift of stored scores.
 *
 * @param partition the one that is asked for; empty for several
 * @param against names of baselines, of which the first that there is counts; empty if comparisons
 *     are not asked for by themselves
 * @param nights how many partitions a series has; empty if none is asked for
 * @param field of which the counts, or the series, are asked for
 * @param search what the names of the listed fields have in them
 */
record StoredDriftQuery(
    Optional<String> partition,
    List<String> against,
    OptionalInt nights,
    Optional<String> field,
    FieldOrder order,
    String search) {
  static final int MOST_NIGHTS = 100;

  private static final String PARTITION = "partition";
  private static final String AGAINST = "against";
  private static final String NIGHTS = "nights";
  private static final String FIELD = "field";
  private static final String ORDER = "order";
  private static final String SEARCH = "search";
  private static final String ONE = "one value";

  static StoredDriftQuery of(Context ctx) {
    QueryParameters given =
        QueryParameters.of(ctx, PARTITION, AGAINST, NIGHTS, FIELD, ORDER, SEARCH);
    StoredDriftQuery query =
        new StoredDriftQuery(
            given.value(PARTITION, ONE),
            given.value(AGAINST, ONE).map(StoredDriftQuery::baselines).orElse(List.of()),
            given.wholeNumber(NIGHTS, MOST_NIGHTS).map(OptionalInt::of).orElse(OptionalInt.empty()),
            given.value(FIELD, ONE),
            given.value(ORDER, ONE).map(StoredDriftQuery::order).orElse(FieldOrder.IMPACT),
            given.value(SEARCH, ONE).orElse(""));
    if (query.partition.isPresent() && query.nights.isPresent()) {
      throw QueryParameters.wrong(NIGHTS, "no partition beside it");
    }

    boolean isPlain = query.against.isEmpty();
    if (isPlain && given.size() > query.partition.map(any -> 1).orElse(0)) {
      throw new ProblemException(
          Problems.MISSING_PARAMETER.of(
              AGAINST, "the names of baselines, such as reference|previous"));
    }

    if (!isPlain && query.partition.isEmpty() && query.nights.isEmpty()) {
      throw new ProblemException(
          Problems.MISSING_PARAMETER.of(PARTITION, "a partition, or a number of nights"));
    }

    return query;
  }

  private static List<String> baselines(String text) {
    List<String> names = Arrays.asList(text.split("\\|", -1));
    if (!Baseline.NAMES.containsAll(names)) {
      throw QueryParameters.wrong(
          AGAINST, String.join(", ", Baseline.NAMES) + ", or some of them with | between");
    }

    return names;
  }

  private static FieldOrder order(String text) {
    return FieldOrder.named(text)
        .orElseThrow(
            () -> QueryParameters.wrong(ORDER, "one of " + String.join(", ", FieldOrder.words())));
  }
}

package io.paritree.serving.runs;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.drift.Baseline;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
 * @param slice the one whose rows are asked for in place of all
 * @param search what the names of the listed fields have in them
 */
record StoredDriftQuery(
    Optional<String> partition,
    List<String> against,
    OptionalInt nights,
    Optional<String> field,
    Optional<String> slice,
    FieldOrder order,
    String search) {
  static final int MOST_NIGHTS = 100;

  private static final String PARTITION = "partition";
  private static final String AGAINST = "against";
  private static final String NIGHTS = "nights";
  private static final String FIELD = "field";
  private static final String SLICE = "slice";
  private static final String ORDER = "order";
  private static final String SEARCH = "search";
  private static final List<String> ALL =
      List.of(PARTITION, AGAINST, NIGHTS, FIELD, SLICE, ORDER, SEARCH);

  static StoredDriftQuery of(Context ctx) {
    for (Map.Entry<String, List<String>> given : ctx.queryParamMap().entrySet()) {
      if (!ALL.contains(given.getKey())) {
        throw new ProblemException(
            Problems.UNKNOWN_PARAMETER.of(
                Fault.printable(given.getKey()), "one of " + String.join(", ", ALL)));
      }

      if (given.getValue().size() > 1) {
        throw wrong(given.getKey(), "one value");
      }
    }

    StoredDriftQuery query =
        new StoredDriftQuery(
            given(PARTITION, ctx),
            given(AGAINST, ctx).map(StoredDriftQuery::baselines).orElse(List.of()),
            nights(given(NIGHTS, ctx)),
            given(FIELD, ctx),
            given(SLICE, ctx),
            given(ORDER, ctx).map(StoredDriftQuery::order).orElse(FieldOrder.IMPACT),
            given(SEARCH, ctx).orElse(""));
    if (query.partition.isPresent() && query.nights.isPresent()) {
      throw wrong(NIGHTS, "no partition beside it");
    }

    boolean isPlain = query.against.isEmpty();
    if (isPlain && ctx.queryParamMap().size() > query.partition.map(any -> 1).orElse(0)) {
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

  private static Optional<String> given(String name, Context ctx) {
    return Optional.ofNullable(ctx.queryParam(name));
  }

  private static List<String> baselines(String text) {
    List<String> names = Arrays.asList(text.split("\\|", -1));
    if (!Baseline.NAMES.containsAll(names)) {
      throw wrong(AGAINST, String.join(", ", Baseline.NAMES) + ", or some of them with | between");
    }

    return names;
  }

  private static OptionalInt nights(Optional<String> text) {
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }

    if (!text.get().matches("[1-9][0-9]{0,2}") || Integer.parseInt(text.get()) > MOST_NIGHTS) {
      throw wrong(NIGHTS, "a whole number from 1 to " + MOST_NIGHTS);
    }

    return OptionalInt.of(Integer.parseInt(text.get()));
  }

  private static FieldOrder order(String text) {
    return FieldOrder.named(text)
        .orElseThrow(() -> wrong(ORDER, "one of " + String.join(", ", FieldOrder.words())));
  }

  private static ProblemException wrong(String name, String expected) {
    return new ProblemException(Problems.BAD_PARAMETER.of(name, expected));
  }
}

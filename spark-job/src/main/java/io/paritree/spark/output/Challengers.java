package io.paritree.spark.output;

import io.paritree.spark.report.JobException;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.settings.JobSettings.Absence;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The challengers of a run, and those that it has left out. Immutable and thread-safe.
 *
 * @param all those that can be compared, as far as it is known
 * @param leftOut why others cannot, by their names
 */
public record Challengers(List<Challenger> all, Map<String, String> leftOut) {
  /** Of a run that compares no models. */
  public static final Challengers NONE = new Challengers(List.of(), Map.of());

  public Challengers {
    all = List.copyOf(all);
    leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
  }

  /**
   * Returns the same without some.
   *
   * @param why by their names
   */
  public Challengers without(Map<String, String> why) {
    Map<String, String> more = new LinkedHashMap<>(leftOut);
    more.putAll(why);
    return new Challengers(all.stream().filter(one -> !why.containsKey(one.name())).toList(), more);
  }

  /** Returns the same without any, for one reason. */
  public Challengers withoutAny(String why) {
    return without(all.stream().collect(Collectors.toMap(Challenger::name, one -> why)));
  }

  /**
   * Makes sure that none is left out if all are required.
   *
   * @throws JobException if one is
   */
  public void check(Absence absence) throws JobException {
    if (absence == Absence.REFUSED && !leftOut.isEmpty()) {
      throw new JobException(
          Outcome.MODEL_REFUSED,
          "Cannot score with all challengers, which --challenger-required asks for; nothing of the group is published:"
              + leftOut.entrySet().stream()
                  .map(one -> "\n  - %s: %s".formatted(one.getKey(), one.getValue()))
                  .collect(Collectors.joining()),
          null);
    }
  }
}

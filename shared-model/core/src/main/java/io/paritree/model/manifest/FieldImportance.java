package io.paritree.model.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much each field moved the margins of the rows that a package was sealed with.
 *
 * @param rows number of rows, 1 or more
 * @param means by field, or group of features, the mean absolute contribution, added up over the
 *     outputs; the largest first
 */
public record FieldImportance(long rows, Map<String, Double> means) {
  public FieldImportance {
    means = Collections.unmodifiableMap(new LinkedHashMap<>(means));
  }
}

package io.paritree.model.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many values were missing, or in no vocabulary, in the rows that a package of format 2 was
 * sealed with.
 *
 * @param rows number of rows that the schema accepts, 1 or more
 * @param missing missing values by feature, in the model's order; values that are in no vocabulary
 *     and then missing are among them
 * @param unseen values that are in no vocabulary, by feature
 */
public record SealedValues(long rows, Map<String, Long> missing, Map<String, Long> unseen) {
  public SealedValues {
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
    unseen = Collections.unmodifiableMap(new LinkedHashMap<>(unseen));
  }
}

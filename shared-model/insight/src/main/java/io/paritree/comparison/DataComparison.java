package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What two models make of the same rows. Immutable and thread-safe.
 *
 * @param form what was compared
 * @param whole of all rows
 * @param dropped rows that were not compared, since there was no time
 * @param failed rows that were not compared, since the challenger has failed
 * @param refused why one model alone scores rows
 * @param slices of the rows of each value, in the order of the values' texts, then those without a
 *     value, and those whose values have no slice of their own
 * @param movers the rows that move most, the largest movement first
 */
public record DataComparison(
    ComparisonForm form,
    RowComparison whole,
    long dropped,
    long failed,
    List<OneSidedFault> refused,
    Map<String, RowComparison> slices,
    List<Mover> movers) {
  public DataComparison {
    refused = List.copyOf(refused);
    slices = Collections.unmodifiableMap(new LinkedHashMap<>(slices));
    movers = List.copyOf(movers);
  }

  /** Returns whether any row was scored by one of the models at least, and compared. */
  public boolean hasRows() {
    return whole.rows() + whole.onlyChampion() + whole.onlyChallenger() > 0;
  }

  /**
   * Returns whether rows can decide what would break: the champion has scored some, which are those
   * that work now.
   */
  boolean isDeciding() {
    return whole.rows() + whole.onlyChampion() > 0;
  }

  /** Returns how many rows one model refuses for a fault in a field, and the other scores. */
  public long refused(Side by, String field, String code) {
    return refused.stream()
        .filter(rows -> rows.by() == by && rows.field().equals(field) && rows.code().equals(code))
        .mapToLong(OneSidedFault::rows)
        .sum();
  }

  /** Writes {@code data}, {@code by} and {@code movers} as members. */
  void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("data");
    if (form.isOfMargins()) {
      json.writeStringField("of", "margins");
    }

    whole.write(json);
    json.writeNumberField("dropped", dropped);
    json.writeNumberField("failed", failed);
    JsonText.objects(json, "refused", refused, rows -> rows.write(json));
    json.writeEndObject();
    if (!form.by().isEmpty()) {
      json.writeObjectFieldStart("by");
      json.writeStringField("column", form.by());
      JsonText.objects(
          json,
          "slices",
          slices.entrySet(),
          slice -> {
            json.writeStringField("value", slice.getKey());
            slice.getValue().write(json);
          });
      json.writeEndObject();
    }

    JsonText.objects(json, "movers", movers, mover -> mover.write(form, json));
  }
}

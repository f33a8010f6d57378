package io.paritree.spark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The quarantined rows with one kind of fault in one field.
 *
 * @param field the column of the model; empty for faults of whole rows
 * @param code the code of the fault
 * @param rows how many rows have it
 * @param example what came and what was expected, in one of them; empty if values must not be shown
 *     because the quarantine is encrypted
 */
public record FieldFault(String field, String code, long rows, String example) {
  /** Returns the faults, added up by field and code, the most frequent first. */
  static List<FieldFault> total(List<FieldFault> all) {
    Map<List<String>, FieldFault> totals = new LinkedHashMap<>();
    for (FieldFault fault : all) {
      totals.merge(
          List.of(fault.field, fault.code),
          fault,
          (first, next) ->
              new FieldFault(
                  first.field,
                  first.code,
                  first.rows + next.rows,
                  first.example.isEmpty() ? next.example : first.example));
    }

    List<FieldFault> sorted = new ArrayList<>(totals.values());
    sorted.sort(
        Comparator.comparingLong(FieldFault::rows)
            .reversed()
            .thenComparing(FieldFault::field)
            .thenComparing(FieldFault::code));
    return List.copyOf(sorted);
  }
}

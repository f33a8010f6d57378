package io.paritree.serving.metrics;

import io.paritree.FaultCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How many faults of each field and code were found in many rows.
 *
 * <p>Callers choose the names of unknown fields; these are counted together, so that there are
 * never more fields than the schema has. Not thread-safe.
 */
public final class FaultTotals {
  /** Stands for all fields that the schema does not have. */
  public static final String OTHER = "other";

  private final Set<String> known;
  private final Map<Counted, Long> counts = new HashMap<>();

  /** What is counted together. */
  private record Counted(String field, FaultCode code) {}

  /** Receives the number of faults of one field and code. */
  public interface Visitor {
    /**
     * @param field {@link #OTHER} for all fields that the schema does not have; empty for faults of
     *     whole records
     * @param faults how many, at least 1
     */
    void found(String field, FaultCode code, long faults);
  }

  /**
   * @param known the fields that are counted one by one; kept, and not changed
   */
  public FaultTotals(Set<String> known) {
    this.known = known;
  }

  public void add(FaultCode code, String field) {
    String counted = field.isEmpty() || known.contains(field) ? field : OTHER;
    counts.merge(new Counted(counted, code), 1L, Long::sum);
  }

  /** Takes back the faults of one code that were added for a known field. */
  public void forget(FaultCode code, String field) {
    counts.remove(new Counted(field, code));
  }

  public long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Visits each field and code that has faults. */
  public void forEach(Visitor visitor) {
    counts.forEach((counted, faults) -> visitor.found(counted.field, counted.code, faults));
  }
}

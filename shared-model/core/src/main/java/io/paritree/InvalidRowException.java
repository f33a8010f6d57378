package io.paritree;

import java.util.List;

/** One record cannot be scored; the model and every other record are unaffected. */
@PublicApi
public final class InvalidRowException extends RuntimeException {
  private final transient List<Fault> faults;

  /**
   * @param faults everything that is wrong with the record, in the record's order; at least one
   */
  public InvalidRowException(List<Fault> faults) {
    // Bad rows are data: no stack trace.
    super("Cannot score the record: " + faults, null, false, false);
    this.faults = List.copyOf(faults);
  }

  /** Returns everything that is wrong with the record, in the record's order; at least one. */
  public List<Fault> faults() {
    return faults;
  }
}

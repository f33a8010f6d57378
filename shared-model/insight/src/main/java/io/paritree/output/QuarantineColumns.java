package io.paritree.output;

/**
 * The columns of quarantined rows that indexes and audits read, in addition to the columns of their
 * keys.
 */
public final class QuarantineColumns {
  /** The partition of the output to which the row would belong; empty if there is only one. */
  public static final String PARTITION = "_output_partition";

  /** The row's faults, as {@link StoredFaults} has them. */
  public static final String FAULTS = "_faults_json";

  /** The same as a list of {@code field, code, got, expected}. */
  public static final String LIST = "_faults";

  private QuarantineColumns() {}
}

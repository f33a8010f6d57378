package io.paritree;

import java.util.Locale;

/**
 * What can be wrong with a row.
 *
 * <p>The codes are the same in an HTTP answer, in the quarantine and in the reports, and never
 * change. The texts of faults may change.
 */
@PublicApi
public enum FaultCode {
  /** The value is missing, and the feature allows no missing value. */
  MISSING_VALUE,
  /** The number is infinite as a {@code float}. */
  NOT_FINITE,
  /** The number is below the feature's least or above its largest allowed value. */
  OUT_OF_RANGE,
  /** The value is of another kind than the feature's. */
  WRONG_TYPE,
  /** The number or the text is too long to be read. */
  TOO_LONG,
  /** The category is not in the vocabulary, and the feature rejects such values. */
  UNSEEN_CATEGORY,
  /** The text is not a timestamp, or an instant was given for a feature that has no zone. */
  BAD_TIMESTAMP,
  /** No feature reads the field. */
  UNKNOWN_FIELD,
  /** The field occurs twice in one record. */
  DUPLICATE_FIELD,
  /** The record as a whole cannot be split into its fields. */
  MALFORMED_RECORD;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Returns the stable code, such as {@code out_of_range}. */
  public String code() {
    return code;
  }
}

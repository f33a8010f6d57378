package io.paritree.lookup;

import io.paritree.Fault;

/**
 * A value that a key's column cannot have. Such requests are normal, so there is no stack trace.
 */
public final class InvalidKeyException extends Exception {
  private static final int MAX_SHOWN = 60;

  private final String column;
  private final String got;
  private final String expected;

  InvalidKeyException(String column, String got, String expected) {
    super(
        "Cannot look up the key: %s is %s, expected %s"
            .formatted(column, Fault.printable(got, MAX_SHOWN), expected),
        null,
        false,
        false);
    this.column = column;
    this.got = Fault.printable(got, MAX_SHOWN);
    this.expected = expected;
  }

  /** Returns the column that has the value. */
  public String column() {
    return column;
  }

  /** Returns the value, shortened and printable. */
  public String got() {
    return got;
  }

  /** Returns what the column can have. */
  public String expected() {
    return expected;
  }
}

package io.paritree.json;

/** A filter of {@code JsonInclude}: NaN, which means that there is no number, is not written. */
public final class NotANumber {
  @Override
  public boolean equals(Object other) {
    return other instanceof Double number && number.isNaN();
  }

  @Override
  public int hashCode() {
    return 0;
  }
}

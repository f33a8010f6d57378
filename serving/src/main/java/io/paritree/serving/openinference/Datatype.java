package io.paritree.serving.openinference;

import java.util.Locale;
import java.util.Optional;

/** The datatypes of tensors that the Open Inference Protocol names. */
enum Datatype {
  BOOL(0, 1),
  UINT8(0, 255),
  UINT16(0, 65_535),
  UINT32(0, 4_294_967_295d),
  UINT64(0, 0x1p64),
  INT8(-128, 127),
  INT16(-32_768, 32_767),
  INT32(Integer.MIN_VALUE, Integer.MAX_VALUE),
  INT64(-0x1p63, 0x1p63),
  FP16,
  FP32,
  FP64,
  BYTES;

  private final boolean whole;
  private final double least;
  private final double most;

  /** A datatype of whole numbers within bounds. */
  Datatype(double least, double most) {
    this.whole = true;
    this.least = least;
    this.most = most;
  }

  /** A datatype of any numbers, or of text. */
  Datatype() {
    this.whole = false;
    this.least = Double.NEGATIVE_INFINITY;
    this.most = Double.POSITIVE_INFINITY;
  }

  /** Returns the datatype of a name, in upper or lower case. */
  static Optional<Datatype> of(String name) {
    String capitals = name.toUpperCase(Locale.ROOT);
    for (Datatype datatype : values()) {
      if (datatype.name().equals(capitals)) {
        return Optional.of(datatype);
      }
    }

    return Optional.empty();
  }

  /** Returns whether this datatype can hold a number. */
  boolean admits(double number) {
    return this != BYTES
        && number >= least
        && number <= most
        && (!whole || number == Math.rint(number));
  }
}

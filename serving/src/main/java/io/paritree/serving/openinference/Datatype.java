package io.paritree.serving.openinference;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The datatypes of tensors that the Open Inference Protocol names. */
enum Datatype {
  BOOL(1, 0, 1),
  UINT8(1, 0, 255),
  UINT16(2, 0, 65_535),
  UINT32(4, 0, 4_294_967_295d),
  UINT64(8, 0, 0x1p64),
  INT8(1, -128, 127),
  INT16(2, -32_768, 32_767),
  INT32(4, Integer.MIN_VALUE, Integer.MAX_VALUE),
  INT64(8, -0x1p63, 0x1p63),
  FP16(2),
  FP32(4),
  FP64(8),
  BYTES(0);

  private final int bytes;
  private final boolean whole;
  private final double least;
  private final double most;

  /** A datatype of whole numbers within bounds. */
  Datatype(int bytes, double least, double most) {
    this.bytes = bytes;
    this.whole = true;
    this.least = least;
    this.most = most;
  }

  /** A datatype of any numbers, or of text. */
  Datatype(int bytes) {
    this.bytes = bytes;
    this.whole = false;
    this.least = Double.NEGATIVE_INFINITY;
    this.most = Double.POSITIVE_INFINITY;
  }

  /** Returns the datatype of a name, in upper or lower case. */
  static Optional<Datatype> of(String name) {
    String capitals = name.toUpperCase(Locale.ROOT);
    return Stream.of(values()).filter(each -> each.name().equals(capitals)).findFirst();
  }

  /** Returns the length of an element as binary data; 0 for BYTES, whose elements differ. */
  int bytes() {
    return bytes;
  }

  /** Returns whether this datatype can hold a number. */
  boolean admits(double number) {
    return this != BYTES
        && number >= least
        && number <= most
        && (!whole || number == Math.rint(number));
  }
}

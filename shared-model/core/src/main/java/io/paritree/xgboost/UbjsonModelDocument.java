package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * A model file in the subset of UBJSON that XGBoost writes.
 *
 * <p>Keys and texts have lengths of type {@code L}; arrays are typed and counted ({@code [$}type
 * {@code #L}), counted ({@code [#L}), or open until {@code ]}. All numbers are big-endian.
 */
final class UbjsonModelDocument extends ModelDocument {
  private static final int OPEN = -1;
  private static final int WINDOW = 1 << 16;

  private final InputStream in;

  /** Bytes of the file that were read and not consumed yet: from its position to its limit. */
  private ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);

  /** Bytes of the file after the window. */
  private long after;

  private final long size;

  /** Number of elements left in each array that was entered; {@link #OPEN} if it has no count. */
  private final ArrayDeque<Integer> left = new ArrayDeque<>();

  /** Number of elements left in the array of numbers; {@link #OPEN} if it has no count. */
  private int numbersLeft;

  /** The type of all numbers of the array; 0 if each has its own marker. */
  private byte declaredType;

  /** The type of the current number. */
  private byte type;

  /**
   * @param in the file from its first byte on; the caller closes it
   * @param size its number of bytes
   */
  UbjsonModelDocument(InputStream in, long size) {
    this.in = in;
    this.size = size;
    this.after = size;
  }

  private long remaining() {
    return window.remaining() + after;
  }

  /** Makes bytes available in the window; the file must have them. */
  private void load(int bytes) throws CorruptModelException {
    if (window.remaining() >= bytes) {
      return;
    }

    ByteBuffer next = bytes <= window.capacity() ? window : ByteBuffer.allocate(bytes);
    byte[] target = next.array();
    int kept = window.remaining();
    System.arraycopy(window.array(), window.position(), target, 0, kept);
    int wanted = (int) Math.min(target.length - kept, after);
    int read = read(target, kept, wanted);
    after -= read;
    window = next.position(0).limit(kept + read);
    if (read < wanted) {
      throw endsTooEarly();
    }
  }

  private int read(byte[] to, int from, int bytes) {
    try {
      return in.readNBytes(to, from, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CorruptModelException endsTooEarly() {
    return corrupt("the file ends too early: it has fewer bytes than at the start of reading");
  }

  private void skipBytes(long bytes) throws CorruptModelException {
    int inWindow = (int) Math.min(bytes, window.remaining());
    window.position(window.position() + inWindow);
    try {
      in.skipNBytes(bytes - inWindow);
      after -= bytes - inWindow;
    } catch (EOFException e) {
      throw endsTooEarly();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  CorruptModelException corrupt(String what) {
    return new CorruptModelException(
        "Cannot read the model: %s, at byte %s".formatted(what, size - remaining()));
  }

  private byte marker() throws CorruptModelException {
    need(1);
    return window.get();
  }

  private byte peek() throws CorruptModelException {
    need(1);
    return window.get(window.position());
  }

  private void need(int bytes) throws CorruptModelException {
    if (window.remaining() >= bytes) {
      return;
    }

    if (bytes > remaining()) {
      throw corrupt(
          "the file ends too early: %s bytes must follow, but %s are left"
              .formatted(bytes, remaining()));
    }

    load(bytes);
  }

  private void expect(char expected, String what) throws CorruptModelException {
    byte got = marker();
    if (got != expected) {
      throw unexpected(got, what);
    }
  }

  private CorruptModelException unexpected(byte got, String expected) {
    return corrupt(
        "got the marker '%s', expected %s"
            .formatted(Fault.printable(String.valueOf((char) (got & 0xff)), 8), expected));
  }

  /**
   * Reads a length and checks that this many elements, of at least {@code bytesPerElement} bytes
   * each, can follow.
   */
  private int length(int bytesPerElement) throws CorruptModelException {
    expect('L', "a length of type L");
    need(Long.BYTES);
    long length = window.getLong();
    if (length < 0 || length > remaining() / bytesPerElement) {
      throw corrupt("got a length of %s, but %s bytes are left".formatted(length, remaining()));
    }

    return (int) length;
  }

  /**
   * Reads a length and characters. Bytes that are not valid UTF-8 become U+FFFD: XGBoost4J cuts
   * names inside their last character.
   */
  private String chars() throws CorruptModelException {
    int length = length(1);
    load(length);
    int begin = window.position();
    window.position(begin + length);
    return new String(window.array(), begin, length, StandardCharsets.UTF_8);
  }

  @Override
  void openObject() throws CorruptModelException {
    expect('{', "an object");
  }

  @Override
  String readKey() throws CorruptModelException {
    if (peek() == '}') {
      window.get();
      return null;
    }

    return chars();
  }

  @Override
  void beginArray() throws CorruptModelException {
    expect('[', "an array");
    if (peek() == '$') {
      throw corrupt("got an array of numbers, expected one of texts, objects or arrays");
    }

    left.push(declaredCount());
  }

  /** Reads the count of an array without a declared type; {@link #OPEN} if it has none. */
  private int declaredCount() throws CorruptModelException {
    if (peek() != '#') {
      return OPEN;
    }

    window.get();
    return length(1);
  }

  @Override
  boolean nextElement() throws CorruptModelException {
    int rest = left.pop();
    if (rest == OPEN) {
      if (peek() == ']') {
        window.get();
        return false;
      }

      left.push(OPEN);
      return true;
    }

    if (rest == 0) {
      return false;
    }

    left.push(rest - 1);
    return true;
  }

  @Override
  String text() throws CorruptModelException {
    expect('S', "a text");
    return chars();
  }

  @Override
  long integer() throws CorruptModelException {
    type = marker();
    return asWhole();
  }

  /**
   * Returns how many bytes a value has after its marker; 0 if it has none, or has no fixed number
   * of bytes.
   */
  private static int bytesOf(byte type) {
    return switch (type) {
      case 'i', 'U', 'C' -> 1;
      case 'I' -> 2;
      case 'l', 'd' -> 4;
      case 'L', 'D' -> 8;
      default -> 0;
    };
  }

  @Override
  int beginNumbers() throws CorruptModelException {
    expect('[', "an array");
    declaredType = 0;
    if (peek() != '$') {
      numbersLeft = declaredCount();
      // Almost every number takes at least two bytes.
      return (int) Math.max(0, Math.min(numbersLeft, remaining() / 2));
    }

    window.get();
    declaredType = marker();
    if (bytesOf(declaredType) == 0 || declaredType == 'C') {
      throw unexpected(declaredType, "a type of numbers");
    }

    expect('#', "a count");
    numbersLeft = length(bytesOf(declaredType));
    return numbersLeft;
  }

  @Override
  boolean nextNumber() throws CorruptModelException {
    if (numbersLeft == 0) {
      return false;
    }

    type = declaredType == 0 ? marker() : declaredType;
    if (numbersLeft == OPEN) {
      return type != ']';
    }

    numbersLeft--;
    return true;
  }

  @Override
  boolean isFloat() {
    return type == 'd' || type == 'D';
  }

  @Override
  float asFloat() throws CorruptModelException {
    need(bytesOf(type));
    return switch (type) {
      case 'd' -> window.getFloat();
      case 'D' -> (float) window.getDouble();
      default -> asWhole();
    };
  }

  @Override
  long asWhole() throws CorruptModelException {
    need(bytesOf(type));
    return switch (type) {
      case 'i' -> window.get();
      case 'U' -> window.get() & 0xff;
      case 'I' -> window.getShort();
      case 'l' -> window.getInt();
      case 'L' -> window.getLong();
      case 'T' -> 1;
      case 'F' -> 0;
      default -> throw unexpected(type, "a whole number");
    };
  }

  @Override
  void skipNumber() throws CorruptModelException {
    asFloat();
  }

  @Override
  CorruptModelException tooWide(long value, int bits) {
    return corrupt("got %s, expected a whole number of %s bits".formatted(value, bits));
  }

  @Override
  void skip() throws CorruptModelException {
    skip(0);
  }

  private void skip(int depth) throws CorruptModelException {
    if (depth > MAX_NESTING) {
      throw corrupt("more than %s objects and arrays are nested".formatted(MAX_NESTING));
    }

    byte marker = peek();
    switch (marker) {
      case '{' -> {
        beginObject();
        while (nextKey() != null) {
          skip(depth + 1);
        }
      }
      case '[' -> skipArray(depth);
      case 'S' -> {
        window.get();
        skipBytes(length(1));
      }
      case 'Z', 'T', 'F' -> window.get();
      default -> {
        int bytes = bytesOf(marker);
        if (bytes == 0) {
          throw unexpected(marker, "a value");
        }

        need(1 + bytes);
        skipBytes(1 + bytes);
      }
    }
  }

  private void skipArray(int depth) throws CorruptModelException {
    need(2);
    if (window.get(window.position() + 1) == '$') {
      count();
      return;
    }

    beginArray();
    while (nextElement()) {
      skip(depth + 1);
    }
  }

  @Override
  void end() throws CorruptModelException {
    if (remaining() > 0) {
      throw corrupt("%s bytes follow the end of the document".formatted(remaining()));
    }
  }
}

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
import java.util.HashSet;
import java.util.Set;

/**
 * A model file in the subset of UBJSON that XGBoost writes.
 *
 * <p>Keys and texts have lengths of type {@code L}; arrays are typed and counted ({@code [$}type
 * {@code #L}), counted ({@code [#L}), or open until {@code ]}. All numbers are big-endian. A key
 * that occurs twice in one object is refused.
 */
final class UbjsonModelDocument implements ModelDocument {
  private static final int MAX_NESTING = 64;
  private static final int OPEN = -1;

  private static final int WINDOW = 1 << 16;

  private final InputStream in;

  /** Bytes of the file that were read and not consumed yet: from its position to its limit. */
  private ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);

  /** Bytes of the file after the window. */
  private long after;

  private final long size;
  private final ArrayDeque<Set<String>> keys = new ArrayDeque<>();

  /** Number of elements left in each array that was entered; {@link #OPEN} if it has no count. */
  private final ArrayDeque<Integer> left = new ArrayDeque<>();

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
  public CorruptModelException corrupt(String what) {
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
  public void beginObject() throws CorruptModelException {
    expect('{', "an object");
    if (keys.size() == MAX_NESTING) {
      throw corrupt("more than %s objects are nested".formatted(MAX_NESTING));
    }

    keys.push(new HashSet<>());
  }

  @Override
  public String nextKey() throws CorruptModelException {
    if (peek() == '}') {
      window.get();
      keys.pop();
      return null;
    }

    String key = chars();
    if (!keys.element().add(key)) {
      throw corrupt("key '%s' occurs twice in one object".formatted(Fault.printable(key)));
    }

    return key;
  }

  @Override
  public void beginArray() throws CorruptModelException {
    expect('[', "an array");
    if (peek() == '$') {
      throw corrupt("got an array of numbers, expected one of texts, objects or arrays");
    }

    if (peek() == '#') {
      window.get();
      left.push(length(1));
    } else {
      left.push(OPEN);
    }
  }

  @Override
  public boolean nextElement() throws CorruptModelException {
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
  public String text() throws CorruptModelException {
    expect('S', "a text");
    return chars();
  }

  @Override
  public long integer() throws CorruptModelException {
    return integer(marker());
  }

  private long integer(byte type) throws CorruptModelException {
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

  private float number(byte type) throws CorruptModelException {
    need(bytesOf(type));
    return switch (type) {
      case 'd' -> window.getFloat();
      case 'D' -> (float) window.getDouble();
      default -> integer(type);
    };
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

  /** Reads the next number of an array, whose marker has been read already. */
  private interface Sink {
    void accept(byte type) throws CorruptModelException;
  }

  /**
   * Reads the count of an array in which each number has its own marker; {@link #OPEN} if it has no
   * count.
   */
  private int mixedCount() throws CorruptModelException {
    if (peek() != '#') {
      return OPEN;
    }

    window.get();
    return length(1);
  }

  /** Returns how many numbers to allocate; almost every number takes at least two bytes. */
  private int expected(int count) {
    return (int) Math.min(count, remaining() / 2);
  }

  /** Reads the numbers of an array in which each number has its own marker. */
  private void mixed(int count, Sink sink) throws CorruptModelException {
    for (int at = 0; at != count; at++) {
      byte type = marker();
      if (type == ']' && count == OPEN) {
        return;
      }

      sink.accept(type);
    }
  }

  /** Enters an array of numbers; returns the type declared for all of them, or 0 if none is. */
  private byte elementType() throws CorruptModelException {
    expect('[', "an array");
    if (peek() != '$') {
      return 0;
    }

    window.get();
    byte type = marker();
    if (bytesOf(type) == 0 || type == 'C') {
      throw unexpected(type, "a type of numbers");
    }

    expect('#', "a count");
    return type;
  }

  @Override
  public float[] floats() throws CorruptModelException {
    byte type = elementType();
    if (type == 0) {
      int count = mixedCount();
      Numbers.Floats floats = new Numbers.Floats(expected(count));
      mixed(count, each -> floats.add(number(each)));
      return floats.toArray();
    }

    float[] floats = new float[length(bytesOf(type))];
    for (int at = 0; at < floats.length; at++) {
      floats[at] = number(type);
    }

    return floats;
  }

  @Override
  public int[] ints() throws CorruptModelException {
    byte type = elementType();
    if (type == 0) {
      int count = mixedCount();
      Numbers.Ints ints = new Numbers.Ints(expected(count));
      mixed(count, each -> ints.add(narrow(integer(each))));
      return ints.toArray();
    }

    int[] ints = new int[length(bytesOf(type))];
    for (int at = 0; at < ints.length; at++) {
      ints[at] = narrow(integer(type));
    }

    return ints;
  }

  private int narrow(long value) throws CorruptModelException {
    if (value != (int) value) {
      throw corrupt("got %s, expected a whole number of 32 bits".formatted(value));
    }

    return (int) value;
  }

  private byte narrowest(long value) throws CorruptModelException {
    if (value < Byte.MIN_VALUE || value > 255) {
      throw corrupt("got %s, expected a whole number of 8 bits".formatted(value));
    }

    return (byte) value;
  }

  @Override
  public long[] longs() throws CorruptModelException {
    byte type = elementType();
    if (type == 0) {
      int count = mixedCount();
      Numbers.Longs longs = new Numbers.Longs(expected(count));
      boolean[] areFloats = new boolean[1];
      mixed(
          count,
          each -> {
            if (isFloat(each)) {
              number(each);
              areFloats[0] = true;
            } else {
              longs.add(integer(each));
            }
          });
      return areFloats[0] ? null : longs.toArray();
    }

    if (isFloat(type)) {
      skipNumbers(type);
      return null;
    }

    long[] longs = new long[length(bytesOf(type))];
    for (int at = 0; at < longs.length; at++) {
      longs[at] = integer(type);
    }

    return longs;
  }

  @Override
  public byte[] bytes() throws CorruptModelException {
    byte type = elementType();
    if (type == 0) {
      int count = mixedCount();
      Numbers.Bytes bytes = new Numbers.Bytes(expected(count));
      mixed(count, each -> bytes.add(narrowest(integer(each))));
      return bytes.toArray();
    }

    byte[] bytes = new byte[length(bytesOf(type))];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = narrowest(integer(type));
    }

    return bytes;
  }

  @Override
  public int count() throws CorruptModelException {
    byte type = elementType();
    if (type == 0) {
      int[] read = new int[1];
      mixed(
          mixedCount(),
          each -> {
            number(each);
            read[0]++;
          });
      return read[0];
    }

    return skipNumbers(type);
  }

  private int skipNumbers(byte type) throws CorruptModelException {
    int count = length(bytesOf(type));
    skipBytes((long) count * bytesOf(type));
    return count;
  }

  private static boolean isFloat(byte type) {
    return type == 'd' || type == 'D';
  }

  @Override
  public void skip() throws CorruptModelException {
    skip(0);
  }

  private void skip(int depth) throws CorruptModelException {
    if (depth > MAX_NESTING) {
      throw corrupt("more than %s objects and arrays are nested".formatted(MAX_NESTING));
    }

    byte type = peek();
    switch (type) {
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
        int bytes = bytesOf(type);
        if (bytes == 0) {
          throw unexpected(type, "a value");
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
  public void end() throws CorruptModelException {
    if (remaining() > 0) {
      throw corrupt("%s bytes follow the end of the document".formatted(remaining()));
    }
  }
}

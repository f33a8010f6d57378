package io.paritree.xgboost;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a JSON model file, with the two things repaired that XGBoost writes and JSON does
 * not allow.
 *
 * <p>A backslash before a {@code u} without four hexadecimal digits is doubled: XGBoost does not
 * escape it, as in {@code C:\}{@code users}. Bytes that are not valid UTF-8 become U+FFFD:
 * XGBoost4J cuts names inside a character, and writes each surrogate of a character beyond U+FFFF
 * on its own. All other bytes are passed on unchanged. Only the file itself is kept in memory. Not
 * thread-safe.
 */
final class RepairedJson extends InputStream {
  private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};
  private static final byte[] BACKSLASHES = {'\\', '\\'};
  private static final int HEX_DIGITS = 4;

  private final byte[] file;
  private final ByteBuffer bytes;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer decoded = CharBuffer.allocate(32);

  /** Position in the file of the byte that is passed on next. */
  private int at;

  /** Number of bytes that were passed on. */
  private long passed;

  /** Position of the next repair: {@link #oddBytes} bytes are replaced by {@link #instead}. */
  private int odd;

  private int oddBytes;
  private byte[] instead;

  /** Number of bytes of {@link #replacement} that are not passed on yet. */
  private int rest;

  private byte[] replacement;

  RepairedJson(byte[] file) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(file);
    findOdd();
  }

  /**
   * Returns the position in the file of a byte that was passed on.
   *
   * @param offset number of bytes that were passed on before it; no replacement may have been
   *     passed on since then
   */
  int placeOf(long offset) {
    return (int) Math.max(0, Math.min(file.length, at - (passed - offset)));
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) == 1 ? one[0] & 0xff : -1;
  }

  /** Passes on bytes of the file up to the next replacement, or bytes of a replacement. */
  @Override
  public int read(byte[] to, int offset, int length) {
    if (at == odd && at < file.length && rest == 0) {
      replacement = instead;
      rest = replacement.length;
      at += oddBytes;
      findOdd();
    }

    int count;
    if (rest > 0) {
      count = Math.min(length, rest);
      System.arraycopy(replacement, replacement.length - rest, to, offset, count);
      rest -= count;
    } else if (at == file.length) {
      return -1;
    } else {
      count = Math.min(length, odd - at);
      System.arraycopy(file, at, to, offset, count);
      at += count;
    }

    passed += count;
    return count;
  }

  private void findOdd() {
    odd = at;
    while (odd < file.length) {
      if (file[odd] < 0) {
        int malformed = passUtf8();
        if (malformed > 0) {
          oddBytes = malformed;
          instead = REPLACEMENT;
          return;
        }
      } else if (file[odd] != '\\') {
        odd++;
      } else if (isEscape()) {
        odd += 2;
      } else {
        oddBytes = 1;
        instead = BACKSLASHES;
        return;
      }
    }

    odd = file.length;
  }

  private boolean isEscape() {
    if (odd + 1 >= file.length || file[odd + 1] != 'u') {
      return true;
    }

    for (int digit = odd + 2; digit < odd + 2 + HEX_DIGITS; digit++) {
      if (digit >= file.length || Character.digit((char) file[digit], 16) < 0) {
        return false;
      }
    }

    return true;
  }

  /**
   * Skips the next characters that are valid UTF-8; returns the number of bytes after them that are
   * not, or 0.
   */
  private int passUtf8() {
    int end = odd;
    while (end < file.length && file[end] < 0 && end - odd < decoded.capacity()) {
      end++;
    }

    // The last character may continue after these bytes; then the next call reads it.
    boolean isWhole = end == file.length || file[end] >= 0;
    bytes.limit(end).position(odd);
    decoded.clear();
    utf8.reset();
    CoderResult result = utf8.decode(bytes, decoded, isWhole);
    odd = bytes.position();
    return result.isMalformed() ? result.length() : 0;
  }
}

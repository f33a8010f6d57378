package io.paritree.serving;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bodies that are nearly right: a good one, changed in one to four ways. */
public final class BodyMutations {
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "1e400",
    "-1e400",
    "1e-400",
    "-0.0",
    "NaN",
    "Infinity",
    "-",
    "0x10",
    "9".repeat(70),
    "9007199254740993",
    "1.7976931348623157e308",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u0000\"",
    "\u0000",
    "\ufeff",
    "{}",
    "[]",
    "\"weight\":1,",
    "\"weight\":\"1\"",
    "\"a/b~c\":[[[[[[[[[[1]]]]]]]]]]",
    "{\"a\":".repeat(12),
    "[".repeat(3_000),
    "\"" + "x".repeat(70_000) + "\"",
    "\"" + "n".repeat(300) + "\":1",
    "\"2024-02-30T25:61:00Z\"",
    "\"\u00e4\u20ac\ud83d\ude00\"",
  };

  private final Random random;
  private final List<String> good;

  public BodyMutations(Random random, List<String> good) {
    this.random = random;
    this.good = good;
  }

  public byte[] next() {
    byte[] body = good.get(random.nextInt(good.size())).getBytes(StandardCharsets.UTF_8);
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      body = changed(body);
    }

    return body;
  }

  private byte[] changed(byte[] body) {
    int at = random.nextInt(body.length + 1);
    int to = Math.min(body.length, at + random.nextInt(12));
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(body, at);
      case 1 -> joined(body, at, new byte[0], to);
      case 2 -> joined(body, at, Arrays.copyOfRange(body, at, to), at);
      case 3 ->
          joined(body, at, new byte[] {(byte) random.nextInt(256)}, Math.min(body.length, at + 1));
      case 4 -> joined(body, at, piece(), at);
      default -> joined(body, at, piece(), to);
    };
  }

  private byte[] piece() {
    return PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[] body, int head, byte[] middle, int tailFrom) {
    byte[] all = Arrays.copyOf(body, head + middle.length + body.length - tailFrom);
    System.arraycopy(middle, 0, all, head, middle.length);
    System.arraycopy(body, tailFrom, all, head + middle.length, body.length - tailFrom);
    return all;
  }
}

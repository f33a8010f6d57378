package io.paritree;

import java.math.BigDecimal;
import java.util.Random;

/**
 * Random numbers as text of at most 64 characters: of every form, and around the middle between two
 * doubles.
 */
public final class RandomNumbers {
  private static final int MAX_CHARS = 64;

  private final long seed = Seed.next();
  private final Random random = new Random(seed);

  /** Returns the option that draws the same numbers again. */
  public String replay() {
    return "replay with -Dseed=" + seed;
  }

  /** Returns the next number, in JSON's grammar; finite, or beyond the range of a double. */
  public String next() {
    String sign = random.nextBoolean() ? "-" : "";
    String number =
        switch (random.nextInt(9)) {
          case 0 -> String.valueOf(random.nextLong() >>> random.nextInt(63) >>> 1);
          case 1 -> integer(1 + random.nextInt(60));
          case 2 -> integer(1 + random.nextInt(20)) + "." + digits(1 + random.nextInt(30));
          case 3 -> integer(1 + random.nextInt(20)) + "e" + (random.nextInt(800) - 400);
          case 4 -> "0." + digits(1 + random.nextInt(20)) + "E" + (random.nextInt(700) - 350);
          case 5 -> String.valueOf(finite());
          case 6 -> integer(1 + random.nextInt(4)) + "." + digits(1 + random.nextInt(4));
          case 7 -> "0." + "0".repeat(random.nextInt(30)) + digits(1 + random.nextInt(17));
          default -> aroundTheMiddle();
        };
    return number.length() + sign.length() <= MAX_CHARS ? sign + number : next();
  }

  private double finite() {
    double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
    return Double.isFinite(value) ? value : 0.5;
  }

  /** Returns the exact middle between two doubles, or a number slightly above or below it. */
  private String aroundTheMiddle() {
    long odd = (1L << 53) + (random.nextLong() >>> 11 | 1); // 54 bits, the last of them set
    int scale = random.nextInt(36) - 18;
    BigDecimal power = new BigDecimal(2).pow(Math.abs(scale));
    BigDecimal middle = new BigDecimal(odd);
    middle = scale < 0 ? middle.divide(power) : middle.multiply(power);
    BigDecimal trifle = new BigDecimal("1e-" + (middle.scale() + 1 + random.nextInt(9)));
    return switch (random.nextInt(3)) {
      case 0 -> middle.toPlainString();
      case 1 -> middle.add(trifle).toPlainString();
      default -> middle.subtract(trifle).toPlainString();
    };
  }

  private String integer(int digits) {
    return (char) ('1' + random.nextInt(9)) + digits(digits - 1);
  }

  private String digits(int count) {
    StringBuilder digits = new StringBuilder();
    for (int digit = 0; digit < count; digit++) {
      digits.append((char) ('0' + random.nextInt(10)));
    }

    return digits.toString();
  }
}

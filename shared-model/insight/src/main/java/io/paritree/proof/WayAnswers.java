package io.paritree.proof;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a way has answered for some records, of each one of these: margins and scores, the faults
 * for which it was refused, or why the way cannot take it. Threads may add answers for different
 * records.
 */
public final class WayAnswers {
  /** Why a way that was asked cannot show its answer: a number of it is not finite. */
  public static final String NOT_FINITE = "an answer has no number that is not finite";

  /** Why a way that was asked cannot show its answer: there are more faults than it names. */
  public static final String LEFT_OUT = "an answer has not all faults";

  private static final String NOTHING = "no answer";
  private static final String TWICE = "several answers";

  private final int outputs;
  private final int scores;
  private final int[] marginBits;
  private final int[] scoreBits;
  private final boolean[] isScored;
  private final boolean[] isTwice;
  private final String[] labels;
  private final String[] faults;
  private final String[] problems; // why the way cannot take it

  /**
   * Two answers for a record that are not the same.
   *
   * @param what the first thing that differs, such as {@code margin 0}
   * @param expected what the one has, with its bits if it is a number
   * @param got what the other has
   */
  public record Parting(String what, String expected, String got) {}

  /**
   * @param count number of records
   * @param outputs number of margins of a record; 0 if the way does not show margins
   * @param scores number of scores of a record
   */
  public WayAnswers(int count, int outputs, int scores) {
    this.outputs = outputs;
    this.scores = scores;
    this.marginBits = new int[Math.multiplyExact(count, outputs)];
    this.scoreBits = new int[Math.multiplyExact(count, scores)];
    this.isScored = new boolean[count];
    this.isTwice = new boolean[count];
    this.labels = new String[count];
    this.faults = new String[count];
    this.problems = new String[count];
  }

  /**
   * Says that a record was scored.
   *
   * @param margins its margins begin at {@code marginsAt}; not read if the way does not show them
   * @param scores its scores begin at {@code scoresAt}
   */
  public void scored(int record, float[] margins, int marginsAt, float[] scores, int scoresAt) {
    isTwice[record] |= isScored[record] || faults[record] != null;
    isScored[record] = true;
    for (int output = 0; output < outputs; output++) {
      marginBits[record * outputs + output] = Float.floatToIntBits(margins[marginsAt + output]);
    }

    for (int score = 0; score < this.scores; score++) {
      scoreBits[record * this.scores + score] = Float.floatToIntBits(scores[scoresAt + score]);
    }
  }

  /** Says which label a record has that was scored; a way need not show labels. */
  public void labelled(int record, String label) {
    labels[record] = label;
  }

  /**
   * Says that a record was refused.
   *
   * @param faults {@code field: code} of each, each once, in the order of the texts, with a comma
   *     and a blank between them
   */
  public void refused(int record, String faults) {
    isTwice[record] |= isScored[record] || this.faults[record] != null;
    this.faults[record] = faults;
  }

  /** Says why the way cannot take a record: such records are counted, and not compared. */
  public void inexpressible(int record, String reason) {
    problems[record] = reason;
  }

  /** Returns why the way cannot take a record. */
  Optional<String> inexpressible(int record) {
    return Optional.ofNullable(problems[record]);
  }

  /** Returns how another answer for a record differs; NaN equals NaN. */
  Optional<Parting> parting(int record, WayAnswers other) {
    String expected = kind(record);
    String got = other.kind(record);
    if (!expected.equals(got)) {
      return Optional.of(new Parting("answer", expected, got));
    } else if (!isScored[record]) {
      return Optional.empty();
    }

    if (outputs == other.outputs) {
      for (int output = 0; output < outputs; output++) {
        int mine = marginBits[record * outputs + output];
        int others = other.marginBits[record * outputs + output];
        if (mine != others) {
          return Optional.of(new Parting("margin " + output, shown(mine), shown(others)));
        }
      }
    }

    for (int score = 0; score < scores; score++) {
      int mine = scoreBits[record * scores + score];
      int others = other.scoreBits[record * scores + score];
      if (mine != others) {
        return Optional.of(new Parting("score " + score, shown(mine), shown(others)));
      }
    }

    String label = labels[record];
    String otherLabel = other.labels[record];
    return label == null || otherLabel == null || label.equals(otherLabel)
        ? Optional.empty()
        : Optional.of(new Parting("label", label, otherLabel));
  }

  /**
   * Returns whether this answer, of the reference, is one that a way cannot show for a reason.
   *
   * @param reason as {@link #inexpressible} takes it
   */
  boolean bearsOut(String reason, int record) {
    if (reason.equals(LEFT_OUT)) {
      return faults[record] != null;
    }

    return !reason.equals(NOT_FINITE)
        || isScored[record]
            && (hasNotFinite(marginBits, record * outputs, outputs)
                || hasNotFinite(scoreBits, record * scores, scores));
  }

  private static boolean hasNotFinite(int[] bits, int from, int count) {
    return IntStream.range(from, from + count)
        .anyMatch(index -> !Float.isFinite(Float.intBitsToFloat(bits[index])));
  }

  private String kind(int record) {
    if (isTwice[record]) {
      return TWICE;
    } else if (faults[record] != null) {
      return "refused: " + faults[record];
    }

    return isScored[record] ? "scored" : NOTHING;
  }

  static String shown(int bits) {
    return "%s (0x%s)".formatted(Float.intBitsToFloat(bits), Integer.toHexString(bits));
  }
}

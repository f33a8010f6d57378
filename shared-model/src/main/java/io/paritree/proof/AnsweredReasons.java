package io.paritree.proof;

import io.paritree.proof.WayAnswers.Parting;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a way has answered as the reasons of some records, of each one of these: fields, codes and
 * contributions, what they are added to, and the rest. Not thread-safe.
 */
public final class AnsweredReasons {
  /** Of a record without an answer. */
  private static final int NONE = -1;

  private final int most;
  private final boolean haveSums;
  private final int[] counts; // of the reasons of a record, or NONE
  private final String[] names; // of each reason its field, with its code
  private final int[] bits; // of each reason its contribution
  private final int[] sums; // of each record the base and the rest, as bits
  private final Map<String, String> known = new HashMap<>(); // each name once

  /**
   * @param most how many reasons a record has at most; 0 if the way gives none
   * @param haveSums whether it shows base and rest
   */
  AnsweredReasons(int records, int most, boolean haveSums) {
    this.most = most;
    this.haveSums = haveSums && most > 0;
    this.counts = new int[most == 0 ? 0 : records];
    Arrays.fill(counts, NONE);
    this.names = new String[Math.multiplyExact(counts.length, most)];
    this.bits = new int[names.length];
    this.sums = new int[this.haveSums ? Math.multiplyExact(2, records) : 0];
  }

  /** Returns how many bytes the reasons of a record take; a reference to a name takes four. */
  static long keptBytes(int most) {
    return most == 0 ? 0 : 3L * Integer.BYTES + 2L * Integer.BYTES * most;
  }

  /** Returns what a way has that gives no reasons. */
  static AnsweredReasons none() {
    return new AnsweredReasons(0, 0, false);
  }

  /** Says that a record has reasons, of which there may be none; each {@link #add} follows. */
  public void begin(int record) {
    counts[record] = 0;
  }

  /**
   * Says what the next reason of a record is.
   *
   * @param code that goes with it; null without one
   */
  public void add(int record, String field, String code, float contribution) {
    int count = counts[record]++;
    if (count < most) {
      String name = code == null ? field : "%s [%s]".formatted(field, code);
      names[record * most + count] = known.computeIfAbsent(name, any -> any);
      bits[record * most + count] = Float.floatToIntBits(contribution);
    }
  }

  /** Says what the reasons of a record are added to, and what all other fields add. */
  public void sums(int record, float base, float rest) {
    sums[2 * record] = Float.floatToIntBits(base);
    sums[2 * record + 1] = Float.floatToIntBits(rest);
  }

  /** Returns the reasons of some of the records, in arrays of their own. */
  AnsweredReasons part(int from, int count) {
    AnsweredReasons part = new AnsweredReasons(count, most, haveSums);
    if (most > 0) {
      System.arraycopy(counts, from, part.counts, 0, count);
      System.arraycopy(names, from * most, part.names, 0, count * most);
      System.arraycopy(bits, from * most, part.bits, 0, count * most);
    }

    if (haveSums) {
      System.arraycopy(sums, 2 * from, part.sums, 0, 2 * count);
    }

    return part;
  }

  /** Returns whether a record has an answer here. */
  boolean has(int record) {
    return most > 0 && counts[record] != NONE;
  }

  /** Returns whether a number of a record's reasons is not finite. */
  boolean haveNotFinite(int record) {
    return has(record)
        && (hasNotFinite(bits, record * most, Math.min(most, counts[record]))
            || haveSums && hasNotFinite(sums, 2 * record, 2));
  }

  static boolean hasNotFinite(int[] bits, int from, int count) {
    for (int index = from; index < from + count; index++) {
      if (!Float.isFinite(Float.intBitsToFloat(bits[index]))) {
        return true;
      }
    }

    return false;
  }

  /** Returns how the reasons of another way for a record differ; none do of a way without any. */
  Optional<Parting> parting(int record, AnsweredReasons other, int otherRecord) {
    if (most == 0 || other.most == 0) {
      return Optional.empty();
    }

    int count = Math.min(most, Math.max(counts[record], other.counts[otherRecord]));
    for (int reason = 0; reason < count; reason++) {
      if (!isSame(record, other, otherRecord, reason)) {
        return Optional.of(
            new Parting(
                "reason " + reason, shown(record, reason), other.shown(otherRecord, reason)));
      }
    }

    if (counts[record] != other.counts[otherRecord]) {
      return Optional.of(new Parting("reasons", counted(record), other.counted(otherRecord)));
    }

    for (int sum = 0; sum < 2 && counts[record] != NONE && haveSums && other.haveSums; sum++) {
      int mine = sums[2 * record + sum];
      int others = other.sums[2 * otherRecord + sum];
      if (mine != others) {
        String what = sum == 0 ? "base of the reasons" : "rest of the reasons";
        return Optional.of(new Parting(what, WayAnswers.shown(mine), WayAnswers.shown(others)));
      }
    }

    return Optional.empty();
  }

  private boolean isSame(int record, AnsweredReasons other, int otherRecord, int reason) {
    int at = record * most + reason;
    int otherAt = otherRecord * other.most + reason;
    return reason < counts[record]
        && reason < other.counts[otherRecord]
        && bits[at] == other.bits[otherAt]
        && names[at].equals(other.names[otherAt]);
  }

  private String shown(int record, int reason) {
    int at = record * most + reason;
    return reason < counts[record]
        ? "%s %s".formatted(names[at], WayAnswers.shown(bits[at]))
        : counted(record);
  }

  private String counted(int record) {
    return counts[record] == NONE ? "no answer" : "%s reasons".formatted(counts[record]);
  }
}

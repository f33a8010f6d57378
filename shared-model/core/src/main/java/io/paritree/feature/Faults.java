package io.paritree.feature;

import io.paritree.Fault;
import io.paritree.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/**
 * Collects everything that is wrong with one row while it is read.
 *
 * <p>Owned by the calling code, which clears it and uses it again for each row. At most 100 faults
 * are kept and counted, so that a hostile record cannot cause a long answer; a field that feeds
 * several features is reported once per kind of fault. Not thread-safe.
 */
public final class Faults {
  private static final int MAX_FAULTS = 100;

  /** {@link Fault} does not cut text of this length again, even with its quotes and dots. */
  private static final int MAX_TEXT = 90;

  /** More than enough for MAX_TEXT characters. */
  private static final int MAX_BYTES = 400;

  private final List<Fault> faults = new ArrayList<>();
  private final List<Feature> unread = new ArrayList<>();
  private final FaultCode[] codes = new FaultCode[MAX_FAULTS];
  private final String[] fields = new String[MAX_FAULTS];
  private int count;
  private int kept = MAX_FAULTS;
  private long unseen;
  private final Map<Feature, Long> unseenByFeature = new IdentityHashMap<>();
  private long filled;
  private final Map<Feature, Long> filledByFeature = new IdentityHashMap<>();

  /** Returns whether no fault was found so far. */
  public boolean isEmpty() {
    return faults.isEmpty();
  }

  /** Returns whether no further fault is counted. */
  public boolean isFull() {
    return count >= MAX_FAULTS;
  }

  /** Returns the faults that are kept, in the order found; a copy. */
  public List<Fault> list() {
    return List.copyOf(faults);
  }

  /** Returns the number of faults so far, kept or not. */
  public int count() {
    return count;
  }

  /** Visits the code and the field of each fault so far, kept or not. */
  public void forEach(BiConsumer<FaultCode, String> visitor) {
    for (int fault = 0; fault < count; fault++) {
      visitor.accept(codes[fault], fields[fault]);
    }
  }

  /** Visits the features that there was a value for, which was refused. */
  public void forEachUnread(Consumer<Feature> visitor) {
    unread.forEach(visitor);
  }

  /** Returns whether the last fault is a refused missing value. */
  public boolean isOfMissingValue() {
    return count > 0 && codes[count - 1] == FaultCode.MISSING_VALUE;
  }

  /**
   * Returns how many values so far were not in their vocabulary, however they were handled.
   *
   * <p>Counted over all rows; {@link #clear} does not reset the count.
   */
  public long unseen() {
    return unseen;
  }

  void countUnseen(Feature feature) {
    unseen++;
    unseenByFeature.merge(feature, 1L, Long::sum);
  }

  /** Returns how many missing values so far have a slot all the same, as {@link #unseen} does. */
  public long filled() {
    return filled;
  }

  void countFilled(Feature feature) {
    filled++;
    filledByFeature.merge(feature, 1L, Long::sum);
  }

  /** Visits the features with unseen values, and forgets these. */
  public void takeUnseen(ObjLongConsumer<Feature> visitor) {
    take(unseenByFeature, visitor);
  }

  /** Visits the features with missing values that have a slot all the same, and forgets these. */
  public void takeFilled(ObjLongConsumer<Feature> visitor) {
    take(filledByFeature, visitor);
  }

  private static void take(Map<Feature, Long> counts, ObjLongConsumer<Feature> visitor) {
    if (!counts.isEmpty()) {
      counts.forEach(visitor::accept);
      counts.clear();
    }
  }

  /** Forgets all faults, for the next row. */
  public void clear() {
    clear(MAX_FAULTS);
  }

  /** Forgets all faults. Only the first fault of the next row is kept; the others are counted. */
  public void clearForOne() {
    clear(1);
  }

  private void clear(int keep) {
    kept = keep;
    if (count > 0) {
      faults.clear();
      unread.clear();
      Arrays.fill(fields, 0, count, null); // they may be callers' texts
      count = 0;
    }
  }

  /**
   * Records a fault.
   *
   * @return NaN, the slot of a value that is not allowed
   */
  public float add(Fault fault) {
    if (counts(fault.code(), fault.field()) && faults.size() < kept) {
      faults.add(fault);
    }

    return Float.NaN;
  }

  /** Counts a fault; returns false if it is reported already, or if no further one is counted. */
  private boolean counts(FaultCode code, String field) {
    if (isFull() || reported(code, field)) {
      return false;
    }

    codes[count] = code;
    fields[count] = field;
    count++;
    return true;
  }

  private boolean reported(FaultCode code, String field) {
    if (count > 0 && code == codes[count - 1] && field.equals(fields[count - 1])) {
      return true; // also if it is not kept: the features of a field follow each other
    }

    for (Fault fault : faults) {
      if (fault.code() == code && fault.field().equals(field)) {
        return true;
      }
    }

    return false;
  }

  float missingValue(Feature feature) {
    return add(FaultCode.MISSING_VALUE, feature, "no value", "a value");
  }

  float notFinite(Feature feature, double value) {
    return add(FaultCode.NOT_FINITE, feature, text(value), "a number that is finite as a float");
  }

  float outOfRange(NumberFeature feature, double value) {
    return outOfRange(feature, text(value), feature.bounds().orElse(""));
  }

  float outOfRange(Feature feature, String got, String expected) {
    return add(FaultCode.OUT_OF_RANGE, feature, got, expected);
  }

  /** Records that a record of a batch whose records have keys has none. */
  public void missingKey(String field) {
    add(new Fault(FaultCode.MISSING_VALUE, field, "no value", "the record's key"));
  }

  /** Records that a record's key is too long to be repeated in the answer. */
  public void longKey(String field) {
    String expected =
        "a key of at most %s bytes, or a number of at most %s characters"
            .formatted(Feature.MAX_TEXT, NumberText.MAX_LENGTH);
    add(new Fault(FaultCode.TOO_LONG, field, "a longer key", expected));
  }

  float wrongType(Feature feature, double got) {
    return add(FaultCode.WRONG_TYPE, feature, text(got), feature.expected());
  }

  float wrongType(Feature feature, byte[] utf8, int offset, int length) {
    return add(FaultCode.WRONG_TYPE, feature, text(utf8, offset, length), feature.expected());
  }

  float wrongType(Feature feature, String got) {
    return add(FaultCode.WRONG_TYPE, feature, got, feature.expected());
  }

  float longText(Feature feature, byte[] utf8, int offset, int length) {
    return add(
        FaultCode.TOO_LONG,
        feature,
        text(utf8, offset, length),
        "text of at most %s bytes".formatted(Feature.MAX_TEXT));
  }

  float longNumber(Feature feature) {
    return add(
        FaultCode.TOO_LONG,
        feature,
        "a number of more than %s characters".formatted(NumberText.MAX_LENGTH),
        "a number of at most %s characters".formatted(NumberText.MAX_LENGTH));
  }

  float unseenCategory(Feature feature, String got, String expected) {
    return add(FaultCode.UNSEEN_CATEGORY, feature, got, expected);
  }

  float badTimestamp(Feature feature, String got, String expected) {
    return add(FaultCode.BAD_TIMESTAMP, feature, got, expected);
  }

  private float add(FaultCode code, Feature feature, String got, String expected) {
    if (code != FaultCode.MISSING_VALUE) {
      unread.add(feature);
    }

    if (faults.size() >= kept) {
      counts(code, feature.column());
      return Float.NaN;
    }

    return add(new Fault(code, feature.column(), got, expected));
  }

  /** Returns a number as a fault shows it: whole numbers within 2^53 without a fraction. */
  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 0x1p53
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  /** Returns text as a fault shows it, in quotes. */
  static String text(byte[] utf8, int offset, int length) {
    String shown = new String(utf8, offset, Math.min(length, MAX_BYTES), StandardCharsets.UTF_8);
    return "\"" + Fault.printable(shown, MAX_TEXT) + "\"";
  }
}

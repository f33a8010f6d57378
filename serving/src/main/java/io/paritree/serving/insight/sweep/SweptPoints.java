package io.paritree.serving.insight.sweep;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.feature.NumberText;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.request.RowLimit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The values of the field that a request's answer has, each encoded. Not thread-safe. */
final class SweptPoints {
  /** The largest number of values of a request. */
  static final int MOST = 200;

  /** Characters of a number that an answer repeats as a number, and not as text. */
  private static final int MOST_DIGITS = 2 * NumberText.MAX_LENGTH;

  private final SweptField field;
  private final RowLimit limit;
  private final List<Point> points = new ArrayList<>();
  private int leftOut;
  private boolean isComplete; // between two points, the score stays the same
  private float own = Float.NaN;

  /**
   * A value of the field.
   *
   * @param json the value as JSON
   * @param slots the field's slots, in the order of its features
   * @param faults what is wrong with it; often empty
   */
  record Point(String json, float[] slots, List<PointedFault> faults) {
    boolean isFaulty() {
      return !faults.isEmpty();
    }
  }

  /**
   * @param limit how many values the model may have
   */
  SweptPoints(SweptField field, RowLimit limit) {
    this.field = field;
    this.limit = limit;
  }

  /**
   * Sets the record's own value.
   *
   * @param value if it has faults, it is no number
   */
  void around(Point value) {
    own = value.isFaulty() ? Float.NaN : field.number(value.json, value.slots);
  }

  List<Point> list() {
    return points;
  }

  /** Returns how many thresholds at which the record's score can change have no point. */
  int leftOut() {
    return leftOut;
  }

  private int most() {
    return Math.min(MOST, limit.rows());
  }

  /** Reads the values of a request, at the document's current token. */
  void read(JsonDocument document, JsonRecordReader reader) throws MalformedJsonException {
    if (document.token() != JsonToken.START_ARRAY) {
      throw SweepRequest.wrong(SweepRequest.VALUES, "a list of values");
    }

    RecordValues values = new RecordValues(1);
    reader.keepIn(values);
    while (document.next() != JsonToken.END_ARRAY) {
      if (points.size() == MOST) {
        throw SweepRequest.wrong(SweepRequest.VALUES, "at most %s values".formatted(MOST));
      }

      limit.check(points.size() + 1);
      values.clear();
      values.begin(0);
      reader.keep(document, 0);
      float[] slots = field.encode(document, reader);
      points.add(new Point(json(values, 0), slots, faults("/values/" + points.size())));
    }

    if (points.isEmpty()) {
      throw SweepRequest.wrong(SweepRequest.VALUES, "at least one value");
    }
  }

  private List<PointedFault> faults(String pointer) {
    return field.faults().list().stream().map(fault -> new PointedFault(pointer, fault)).toList();
  }

  /** Returns a value of the first record that was kept, as JSON. */
  static String json(RecordValues values, int field) {
    String text = values.value(0, field);
    if (text == null) {
      return "null";
    }

    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    boolean isLiteral =
        !values.isText(0, field)
            && (text.equals("true")
                || text.equals("false")
                || utf8.length <= MOST_DIGITS && NumberText.isNumber(utf8, 0, utf8.length));
    return isLiteral ? text : JsonBytes.quotedText(text);
  }

  /** Returns a number, a truth or a text as JSON. */
  static String json(Object value) {
    if (value instanceof Float number) {
      return NumberText.of(number);
    }

    return value instanceof String text ? JsonBytes.quotedText(text) : value.toString();
  }

  /** Adds evenly spaced numbers, from the first to the last. */
  void addSpaced(double from, double to, int steps) {
    limit.check(steps);
    for (int step = 0; step < steps; step++) {
      double part = steps == 1 ? 0 : step / (steps - 1.0);
      add((float) (from * (1 - part) + to * part) + 0f);
    }
  }

  /** Adds the listed values of the field, the first of them if there are too many. */
  void addListed() {
    Iterator<Object> listed = field.listed().iterator();
    while (points.size() < most() && listed.hasNext()) {
      add(listed.next());
    }
  }

  /**
   * Adds a number for each threshold of the field, from which on its score holds up to the next,
   * and one below all thresholds. If these are too many, only thresholds that the record can meet
   * have one, and the least and the largest of all.
   *
   * @param record the slots of the record
   */
  void addSteps(float[] record) {
    float[] steps = field.thresholds();
    float lowest = steps.length == 0 ? Float.POSITIVE_INFINITY : steps[0];
    addNumber(lowest(lowest));
    if (steps.length > most() - 1) {
      SortedSet<Float> met = new TreeSet<>();
      for (float threshold : field.thresholds(record)) {
        met.add(threshold);
      }

      Set<Float> left = new HashSet<>(met);
      met.add(lowest);
      met.add(steps[steps.length - 1]);
      Float[] all = met.toArray(Float[]::new);
      int[] chosen = SweptField.evenly(all.length, most() - 1);
      steps = new float[chosen.length];
      for (int index = 0; index < chosen.length; index++) {
        steps[index] = all[chosen[index]];
        left.remove(steps[index]);
      }

      leftOut = left.size();
    }

    for (int step = 0; step < steps.length; step++) {
      float end = step + 1 < steps.length ? steps[step + 1] : Float.POSITIVE_INFINITY;
      addNumber(field.first(steps[step], end));
    }

    isComplete = leftOut == 0;
  }

  /** Returns which of some points are the nearest below and above the record's own number. */
  int[] nearest(int[] some) {
    IntPredicate isBelow = at -> number(at) < own;
    IntPredicate isAbove = at -> number(at) > own;
    IntStream below =
        IntStream.of(some).filter(isBelow).boxed().max(byNumber()).stream()
            .mapToInt(Integer::intValue);
    IntStream above =
        IntStream.of(some).filter(isAbove).boxed().min(byNumber()).stream()
            .mapToInt(Integer::intValue);
    return IntStream.concat(below, above).toArray();
  }

  private float number(int at) {
    return field.number(points.get(at).json, points.get(at).slots);
  }

  private Comparator<Integer> byNumber() {
    return Comparator.comparing(this::number);
  }

  /** Returns the value nearest to the record's own that has the score of a point, as JSON. */
  String nearestValue(int at) {
    boolean isBelow = isComplete && number(at) < own && at + 1 < points.size();
    return isBelow ? json(field.last(number(at + 1), number(at))) : points.get(at).json;
  }

  /** Returns a value below the lowest threshold: the least, or the nearest if all are allowed. */
  private float lowest(float threshold) {
    if (Float.isFinite(field.min())) {
      return field.first(field.min(), threshold);
    }

    return Float.isInfinite(threshold)
        ? field.first(Math.min(0, field.max()), threshold)
        : field.last(threshold, Float.NEGATIVE_INFINITY);
  }

  /** Adds a number, unless it is NaN. */
  private void addNumber(float value) {
    if (!Float.isNaN(value)) {
      add(value);
    }
  }

  private void add(Object value) {
    float[] slots = field.encode(value);
    points.add(new Point(json(value), slots, faults("")));
  }

  /**
   * Returns the thresholds of the field between the least and the largest number of the points,
   * evenly chosen if there are too many.
   */
  float[] thresholds() {
    double[] numbers =
        points.stream()
            .filter(point -> !point.isFaulty())
            .mapToDouble(point -> field.number(point.json, point.slots))
            .filter(number -> !Double.isNaN(number))
            .sorted()
            .toArray();
    if (numbers.length == 0) {
      return new float[0];
    }

    float[] all = field.thresholds();
    int from = 0;
    int to = all.length;
    while (from < to && all[from] < numbers[0]) {
      from++;
    }

    while (to > from && all[to - 1] > numbers[numbers.length - 1]) {
      to--;
    }

    float[] between = Arrays.copyOfRange(all, from, to);
    int[] chosen = SweptField.evenly(between.length, MOST);
    for (int index = 0; index < chosen.length; index++) {
      between[index] = between[chosen[index]];
    }

    return Arrays.copyOf(between, chosen.length);
  }
}

package io.paritree.serving.insight.sweep;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a request says of the field and of its values, without the record and the values themselves,
 * which the field's rules read.
 *
 * @param field the name of a field of the record
 * @param hasValues whether the request has values of its own
 * @param from the first of evenly spaced values; empty if they are not asked for
 * @param to the last of them
 * @param steps how many they are
 */
record SweepRequest(
    String field, boolean hasValues, OptionalDouble from, OptionalDouble to, OptionalInt steps) {
  static final String RECORD = "record";
  static final String FIELD = "field";
  static final String VALUES = "values";
  static final String FROM = "from";
  static final String TO = "to";
  static final String STEPS = "steps";
  private static final String MEMBERS = "only record, field, and values or from, to and steps";
  private static final Set<String> KNOWN = Set.of(RECORD, FIELD, VALUES, FROM, TO, STEPS);

  /**
   * Reads a body to its end.
   *
   * @throws ProblemException with 400 if a member is missing, not known, or has the wrong form
   */
  static SweepRequest read(byte[] body) throws MalformedJsonException {
    String field = null;
    boolean hasValues = false;
    double from = Double.NaN;
    double to = Double.NaN;
    int steps = 0;
    Set<String> seen = new HashSet<>();
    try (JsonDocument document = JsonDocument.of(body, 0, body.length)) {
      if (document.next() != JsonToken.START_OBJECT) {
        throw document.malformed("an object with 'record' and 'field' is expected");
      }

      for (String name = document.member(); name != null; name = document.member()) {
        if (!KNOWN.contains(name)) {
          throw wrong(Fault.printable(name), MEMBERS);
        }

        if (!seen.add(name)) {
          throw wrong(name, "it only once");
        }

        switch (name) {
          case FIELD -> field = field(document);
          case VALUES -> {
            hasValues = true;
            document.skip();
          }
          case FROM -> from = number(document, FROM);
          case TO -> to = number(document, TO);
          case STEPS -> steps = steps(document);
          default -> document.skip();
        }
      }

      document.end();
    }

    if (!seen.contains(RECORD)) {
      throw missing(RECORD, "an object with the model's fields");
    }

    if (field == null) {
      throw missing(FIELD, "the name of a field of the record");
    }

    boolean spaced = seen.contains(FROM) || seen.contains(TO) || seen.contains(STEPS);
    if (spaced && hasValues) {
      throw wrong(VALUES, "either values, or from, to and steps");
    }

    if (!spaced) {
      return new SweepRequest(
          field, hasValues, OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty());
    }

    for (String each : new String[] {FROM, TO, STEPS}) {
      if (!seen.contains(each)) {
        throw missing(each, "from, to and steps together");
      }
    }

    if (from > to) {
      throw wrong(FROM, "at most 'to'");
    }

    return new SweepRequest(
        field, false, OptionalDouble.of(from), OptionalDouble.of(to), OptionalInt.of(steps));
  }

  private static String field(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.VALUE_STRING) {
      throw wrong(FIELD, "the name of a field of the record");
    }

    return document.text();
  }

  private static double number(JsonDocument document, String member) throws MalformedJsonException {
    boolean isNumber = document.token().isNumeric() && !document.isLongNumber();
    double value = isNumber ? document.number() : Double.NaN;
    if (!Float.isFinite((float) value)) {
      throw wrong(member, "a number that is finite as a float");
    }

    return value;
  }

  private static int steps(JsonDocument document) throws MalformedJsonException {
    boolean isNumber = document.token().isNumeric() && !document.isLongNumber();
    double value = isNumber ? document.number() : 0;
    if (!(value >= 1 && value <= SweptPoints.MOST) || value != Math.rint(value)) {
      throw wrong(STEPS, "a whole number from 1 to %s".formatted(SweptPoints.MOST));
    }

    return (int) value;
  }

  /** Returns the problem of a member with a value that cannot be used. */
  static ProblemException wrong(String member, String expected) {
    return new ProblemException(Problems.BAD_PARAMETER.of(member, expected));
  }

  private static ProblemException missing(String member, String expected) {
    return new ProblemException(Problems.MISSING_PARAMETER.of(member, expected));
  }
}

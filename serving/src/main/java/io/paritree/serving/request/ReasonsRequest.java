package io.paritree.serving.request;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.reasons.Direction;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The reasons that a request asks for.
 *
 * @param most how many fields are named at most, 1 or more; empty for {@link #USUAL}, or all if the
 *     model has fewer
 * @param output the name of the output that is explained; empty for the output of the record's
 *     class
 * @param prefix what the names of the parameters begin with in messages
 */
public record ReasonsRequest(OptionalInt most, Direction direction, String output, String prefix) {
  /** How many fields are named at most. */
  public static final String REASONS = "reasons";

  static final int USUAL = 4;

  private static final String DIRECTION = "direction";

  static final String OUTPUT = "output";

  /** The values that each parameter may have. */
  private static final Map<String, Pattern> PARAMETERS =
      Map.of(
          REASONS, Pattern.compile("[1-9][0-9]{0,8}"),
          DIRECTION, Pattern.compile("up|down|both"),
          OUTPUT, Pattern.compile("(?s).+"));

  /**
   * Returns whether a value of a parameter means the same as no value; some generated clients send
   * such values always.
   */
  public static boolean isDefault(String name, String value) {
    return name.equals(DIRECTION) && value.equals(Direction.BOTH.key());
  }

  /** Returns whether a parameter asks for reasons. */
  public static boolean isParameter(String name) {
    return PARAMETERS.containsKey(name);
  }

  /**
   * Reads the parameters of a request.
   *
   * @param given their texts by name; others than {@link #isParameter} are ignored
   * @param prefix what the names begin with in messages
   * @return empty if no reasons are asked for
   * @throws ProblemException with 400 if one is wrong, or if one that is no default is given
   *     without reasons
   */
  public static Optional<ReasonsRequest> of(Map<String, String> given, String prefix) {
    if (given.containsKey(REASONS)) {
      return Optional.of(asked(given, prefix));
    }

    check(given, prefix);
    for (String name : PARAMETERS.keySet()) {
      if (given.containsKey(name) && !isDefault(name, given.get(name))) {
        throw new ProblemException(
            Problems.MISSING_PARAMETER.of(
                prefix + REASONS,
                "%s=K, because '%s' only changes reasons".formatted(REASONS, prefix + name)));
      }
    }

    return Optional.empty();
  }

  /**
   * Reads the parameters of a request that asks for reasons otherwise, such as by an output.
   *
   * @param given as for {@link #of}
   * @throws ProblemException with 400 if one is wrong
   */
  public static ReasonsRequest asked(Map<String, String> given, String prefix) {
    check(given, prefix);
    return new ReasonsRequest(
        given.containsKey(REASONS)
            ? OptionalInt.of(Integer.parseInt(given.get(REASONS)))
            : OptionalInt.empty(),
        switch (given.getOrDefault(DIRECTION, Direction.BOTH.key())) {
          case "up" -> Direction.UP;
          case "down" -> Direction.DOWN;
          default -> Direction.BOTH;
        },
        given.getOrDefault(OUTPUT, ""),
        prefix);
  }

  private static void check(Map<String, String> given, String prefix) {
    for (Map.Entry<String, String> parameter : given.entrySet()) {
      Pattern allowed = PARAMETERS.get(parameter.getKey());
      if (allowed != null && !allowed.matcher(parameter.getValue()).matches()) {
        throw refusal(parameter.getKey(), prefix);
      }
    }
  }

  /** Returns the refusal of a request without a parameter that the model needs. */
  ProblemException missing(String name, String expected) {
    return new ProblemException(Problems.MISSING_PARAMETER.of(prefix + name, expected));
  }

  /** Returns the refusal of a parameter that the model makes wrong. */
  ProblemException wrong(String name, String expected) {
    return new ProblemException(Problems.BAD_PARAMETER.of(prefix + name, expected));
  }

  /**
   * Reads the value at a document's current token, if it belongs to such a parameter. Null means
   * that it is absent.
   *
   * @param into receives its text
   * @throws ProblemException with 400 if it is a list or an object, or occurs twice
   */
  public static void read(
      JsonDocument document, String name, String prefix, Map<String, String> into)
      throws MalformedJsonException {
    if (!isParameter(name) || document.token() == JsonToken.VALUE_NULL) {
      return;
    }

    if (!document.token().isScalarValue() || into.putIfAbsent(name, document.text()) != null) {
      throw refusal(name, prefix);
    }
  }

  /** Returns the refusal of a parameter. */
  public static ProblemException refusal(String name, String prefix) {
    return new ProblemException(Problems.BAD_PARAMETER.of(prefix + name, rule(name)));
  }

  private static String rule(String name) {
    return switch (name) {
      case REASONS -> "a whole number from 1 to the number of the model's fields, once";
      case DIRECTION -> "up, down or both, once";
      default -> "the name of an output, once";
    };
  }
}

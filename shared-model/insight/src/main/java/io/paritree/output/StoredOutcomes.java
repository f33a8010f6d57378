package io.paritree.output;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.SealedJson;
import io.paritree.json.StrictJson;
import io.paritree.outcome.MeasuredModel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The report of a day that says how good the scores of an output were, in the state of the output;
 * a reader passes it on as it is written.
 */
public final class StoredOutcomes {
  /** The most bytes of it that a server reads; a slice has about 3,500. */
  public static final int MAX_BYTES = 8 << 20;

  /** What is in place of a day where labels have no time. */
  public static final String UNDATED = "undated";

  private static final long FORMAT = 1;
  private static final String END = ".json";
  private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
  private static final Set<String> KINDS = Set.of("binary", "values", "classes", "ranking");
  private static final Set<String> REQUIRED =
      Set.of("format", "kind", "scores", "labels", "warnings", "requirements", "slices");
  private static final Set<String> OF_SLICES =
      Set.of("slice", "name", "mature", "scored", "matched", "leaks", "coverage");

  private StoredOutcomes() {}

  /**
   * Returns the name of a file.
   *
   * @param asOf a day, or {@link #UNDATED}
   */
  public static String file(String asOf) {
    return asOf + END;
  }

  /** Returns the day of a file, or {@link #UNDATED}; empty if the file is another one. */
  public static Optional<String> asOf(String file) {
    return Optional.of(file)
        .filter(name -> name.endsWith(END))
        .map(name -> name.substring(0, name.length() - END.length()))
        .filter(StoredOutcomes::isAsOf);
  }

  /** Returns whether this is a day, or {@link #UNDATED}. */
  public static boolean isAsOf(String text) {
    return text.equals(UNDATED) || text.matches(DAY);
  }

  /**
   * Returns the content of a file, if it is the report of a day.
   *
   * @param asOf the day, or {@link #UNDATED}
   * @param where the file, for messages
   * @throws DamagedFileException if it is something else
   */
  public static byte[] checked(byte[] content, String asOf, String where)
      throws DamagedFileException {
    try {
      StrictJson json = new StrictJson("it", content);
      json.document(() -> checkReport(json, asOf, SealedJson.isWhole(content)));
      return content;
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it does not say how good scores were: %s"
              .formatted(where, e.getMessage()),
          e);
    }
  }

  /**
   * @param isWhole whether it ends with the digest of what is before it, as all but earlier ones do
   */
  private static void checkReport(StrictJson json, String asOf, boolean isWhole)
      throws BrokenJsonException {
    String[] day = {UNDATED};
    Map<String, StrictJson.Value> members = new HashMap<>();
    members.put("comparison", () -> checkComparison(json));
    members.put("models", () -> json.list(() -> MeasuredModel.read(json)));
    members.put("sha256", () -> checkDigest(json, isWhole));
    members.putAll(
        Map.of(
            "format",
            () -> json.integer(FORMAT, FORMAT),
            "kind",
            () -> checkKind(json),
            "as_of",
            () -> day[0] = json.text(),
            "horizon_days",
            () -> json.integer(0, Integer.MAX_VALUE),
            "scores",
            () -> json.namedValues(name -> json.skip()),
            "labels",
            () -> json.namedValues(name -> json.skip()),
            "warnings",
            () -> json.list(json::text),
            "naive_join",
            () -> json.namedValues(name -> checkNumbers(json)),
            "requirements",
            () -> json.list(() -> json.namedValues(name -> json.skip())),
            "slices",
            () -> json.list(() -> checkSlice(json))));
    check(json, members, REQUIRED);
    if (!day[0].equals(asOf)) {
      throw json.wrong("the report as of " + asOf);
    }
  }

  private static void checkDigest(StrictJson json, boolean isWhole) throws BrokenJsonException {
    if (!isWhole) {
      throw json.wrong("the sha256 of what is before it; it was changed");
    }
  }

  private static void checkKind(StrictJson json) throws BrokenJsonException {
    if (!KINDS.contains(json.text())) {
      throw json.wrong("binary, values, classes or ranking");
    }
  }

  private static void checkComparison(StrictJson json) throws BrokenJsonException {
    StrictJson.Value measures = () -> json.namedValues(name -> checkNumbers(json));
    Map<String, StrictJson.Value> members =
        Map.of(
            "n",
            () -> json.integer(0, Long.MAX_VALUE),
            "models",
            () -> json.list(() -> MeasuredModel.read(json)),
            "published",
            measures,
            "challenger",
            measures,
            "difference",
            measures);
    check(json, members, members.keySet());
  }

  private static void checkSlice(StrictJson json) throws BrokenJsonException {
    StrictJson.Value count = () -> json.integer(0, Long.MAX_VALUE);
    Map<String, StrictJson.Value> members =
        Map.of(
            "slice",
            json::text,
            "name",
            json::text,
            "mature",
            json::truth,
            "scored",
            count,
            "matched",
            count,
            "leaks",
            count,
            "coverage",
            () -> json.list(() -> checkNumbers(json)),
            "measures",
            () -> json.namedValues(name -> checkNumbers(json)));
    check(json, members, OF_SLICES);
  }

  /** A number, which may be infinite, or an object or an array of them. */
  private static void checkNumbers(StrictJson json) throws BrokenJsonException {
    if (json.isNumber() || json.isText()) {
      json.realDouble();
    } else if (json.isObject()) {
      json.namedValues(name -> checkNumbers(json));
    } else {
      json.list(() -> checkNumbers(json));
    }
  }

  /** Checks an object that may have other members besides. */
  private static void check(
      StrictJson json, Map<String, StrictJson.Value> members, Set<String> required)
      throws BrokenJsonException {
    Set<String> absent = new HashSet<>(required);
    json.namedValues(
        name -> {
          absent.remove(name);
          StrictJson.Value member = members.get(name);
          if (member == null) {
            json.skip();
          } else {
            member.read();
          }
        });
    if (!absent.isEmpty()) {
      throw json.wrong("an object with " + absent);
    }
  }
}

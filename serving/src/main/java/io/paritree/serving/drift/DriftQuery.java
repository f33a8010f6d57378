package io.paritree.serving.drift;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.drift.Baseline;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.profile.RequestProfile.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The query of a request for the drift of callers' rows.
 *
 * @param window which rows
 * @param stored the stored scores whose newest partition they are compared with; empty for the
 *     model's reference
 * @param profiles whether the answer has both profiles
 */
record DriftQuery(Window window, Optional<String> stored, boolean profiles) {
  private static final String WINDOW = "window";
  private static final String AGAINST = "against";
  private static final String PROFILES = "profiles";
  private static final String STORED = "stored:";
  private static final Map<String, Window> WINDOWS = Map.of("1h", Window.HOUR, "24h", Window.DAY);

  static DriftQuery of(Context ctx) {
    for (String name : ctx.queryParamMap().keySet()) {
      if (!List.of(WINDOW, AGAINST, PROFILES).contains(name)) {
        throw new ProblemException(
            Problems.UNKNOWN_PARAMETER.of(
                Fault.printable(name), "%s, %s or %s".formatted(WINDOW, AGAINST, PROFILES)));
      }
    }

    String window = value(WINDOW, "1h", "1h or 24h", ctx);
    if (!WINDOWS.containsKey(window)) {
      throw wrong(WINDOW, "1h or 24h");
    }

    String expected = "reference, or stored: and the name of stored scores";
    String against = value(AGAINST, Baseline.REFERENCE, expected, ctx);
    boolean isStored = against.startsWith(STORED);
    if (!isStored && !against.equals(Baseline.REFERENCE)) {
      throw wrong(AGAINST, expected);
    }

    String profiles = value(PROFILES, "false", "true or false", ctx);
    if (!profiles.matches("true|false")) {
      throw wrong(PROFILES, "true or false");
    }

    return new DriftQuery(
        WINDOWS.get(window),
        isStored ? Optional.of(against.substring(STORED.length())) : Optional.empty(),
        profiles.equals("true"));
  }

  private static String value(String name, String absent, String expected, Context ctx) {
    List<String> given = ctx.queryParams(name);
    if (given.size() > 1) {
      throw wrong(name, expected + ", once");
    }

    return given.isEmpty() ? absent : given.get(0);
  }

  private static ProblemException wrong(String name, String expected) {
    return new ProblemException(Problems.BAD_PARAMETER.of(name, expected));
  }

  /** Returns what the rows are compared with, as it is asked for. */
  String against() {
    return stored.map(name -> STORED + name).orElse(Baseline.REFERENCE);
  }

  /** Returns the window as it is asked for. */
  String windowText() {
    return window == Window.HOUR ? "1h" : "24h";
  }
}

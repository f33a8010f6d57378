package io.paritree.serving.insight.runs;

import io.javalin.http.Context;
import io.paritree.drift.Baseline;
import io.paritree.serving.insight.traffic.RequestProfile.Window;
import io.paritree.serving.request.QueryParameters;
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
    QueryParameters given = QueryParameters.of(ctx, WINDOW, AGAINST, PROFILES);
    String window = given.value(WINDOW, "1h or 24h").orElse("1h");
    if (!WINDOWS.containsKey(window)) {
      throw QueryParameters.wrong(WINDOW, "1h or 24h");
    }

    String expected = "reference, or stored: and the name of stored scores";
    String against = given.value(AGAINST, expected).orElse(Baseline.REFERENCE);
    boolean isStored = against.startsWith(STORED);
    if (!isStored && !against.equals(Baseline.REFERENCE)) {
      throw QueryParameters.wrong(AGAINST, expected);
    }

    String profiles = given.value(PROFILES, "true or false").orElse("false");
    if (!profiles.matches("true|false")) {
      throw QueryParameters.wrong(PROFILES, "true or false");
    }

    return new DriftQuery(
        WINDOWS.get(window),
        isStored ? Optional.of(against.substring(STORED.length())) : Optional.empty(),
        profiles.equals("true"));
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

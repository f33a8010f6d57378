package io.paritree.serving.admission;

import java.util.Set;

/**
 * The paths by which probes ask the callers' port whether the server is there.
 *
 * <p>Anybody may ask, token or not; they are answered while others are refused, and not written
 * down.
 */
public final class Probes {
  /** Paths, which are also their routes. */
  public static final Set<String> PATHS =
      Set.of(
          "/health/live",
          "/health/ready",
          "/v2/health/live",
          "/v2/health/ready",
          "/ping",
          "/health");

  private Probes() {}
}

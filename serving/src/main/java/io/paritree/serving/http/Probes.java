package io.paritree.serving.http;

import java.util.Set;

/**
 * The paths of the callers' port that probes request, to see whether the server is live or ready.
 *
 * <p>They need no token, are answered while other requests are refused, and are not logged.
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

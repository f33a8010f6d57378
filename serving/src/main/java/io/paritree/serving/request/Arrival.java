package io.paritree.serving.request;

import io.javalin.http.Context;
import io.paritree.serving.admission.Admission;
import io.paritree.serving.log.RequestOrigin;

/** What is known of a request before its handler is called. */
public final class Arrival {
  private Arrival() {}

  /** Returns the time for which a request has waited for its turn, in nanoseconds. */
  public static long waitedNanos(Context ctx) {
    return ctx.req().getAttribute(Admission.WAITED) instanceof Long nanos ? nanos : 0;
  }

  /** Returns by what the request is found again in the logs. */
  public static RequestOrigin origin(Context ctx) {
    return RequestOrigin.of(ctx.req().getAttribute(RequestOrigin.ATTRIBUTE));
  }
}

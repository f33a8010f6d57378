package io.paritree.serving.request;

import io.javalin.http.Context;
import io.paritree.serving.admission.Admission;

/** How long a request has waited for its turn. */
public final class Waited {
  private Waited() {}

  /** Returns the time between a request's arrival and its turn, in nanoseconds. */
  public static long nanos(Context ctx) {
    return ctx.req().getAttribute(Admission.WAITED) instanceof Long nanos ? nanos : 0;
  }
}

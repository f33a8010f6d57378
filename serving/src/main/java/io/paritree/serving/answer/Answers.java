package io.paritree.serving.answer;

import io.javalin.http.Context;
import java.io.IOException;

/** Sends answers that lie in a buffer, without a copy of Javalin's. */
public final class Answers {
  private Answers() {}

  /** Sends JSON with status 200, and clears it. */
  public static void send(JsonBytes answer, Context ctx) throws IOException {
    ctx.res().getOutputStream().write(answer.array(), 0, answer.length());
    answer.clear();
  }
}

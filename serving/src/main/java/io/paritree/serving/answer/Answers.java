package io.paritree.serving.answer;

import io.javalin.http.Context;
import io.paritree.json.JsonText;
import java.io.IOException;

/** Sends answers from their buffer, without the copy that Javalin would make. */
public final class Answers {
  private Answers() {}

  /** Sets the content type of an answer that is not JSON; it has no charset. */
  public static void type(String contentType, Context ctx) {
    ctx.contentType(contentType);
    ctx.res().setCharacterEncoding(null); // Javalin has added one
  }

  /** Answers with an object of JSON; for answers that are not written often. */
  public static void object(Context ctx, JsonText.Body members) {
    ctx.result(JsonText.line(JsonText.object(members)));
  }

  /** Sends JSON with status 200, and clears the buffer. */
  public static void send(JsonBytes answer, Context ctx) throws IOException {
    ctx.res().getOutputStream().write(answer.array(), 0, answer.length());
    answer.clear();
  }
}

package io.paritree.serving;

import io.paritree.model.ScoringModel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A verified model and what the server knows about it.
 *
 * <p>Immutable and thread-safe.
 */
final class ServedModel {
  private final ScoringModel model;
  private final Instant loaded;
  private final byte[] answerStart;
  private final AnswerForm form;

  ServedModel(ScoringModel model, Instant loaded) {
    this.model = model;
    this.loaded = loaded;
    this.answerStart =
        ("{\"model\":" + quoted(model.name()) + ",\"version\":" + quoted(model.modelVersion()))
            .getBytes(StandardCharsets.UTF_8);
    this.form = new AnswerForm(model.outputs());
  }

  private static String quoted(String text) {
    return new String(JsonBytes.quoted(text), StandardCharsets.UTF_8);
  }

  String name() {
    return model.name();
  }

  ScoringModel model() {
    return model;
  }

  /** Returns when the model was opened and verified. */
  Instant loaded() {
    return loaded;
  }

  /** Returns how each answer begins: the opening brace, the model's name and its version. */
  byte[] answerStart() {
    return answerStart;
  }

  /** Returns how a row's scores are written. */
  AnswerForm form() {
    return form;
  }
}

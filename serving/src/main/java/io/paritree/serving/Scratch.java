package io.paritree.serving;

import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.UnknownFields;

/**
 * What a thread needs to score for one model, made once and used again for each request.
 *
 * <p>Refers to the schema and nothing else of the model, so that it does not keep a replaced model
 * alive. Not thread-safe: one per thread.
 */
final class Scratch {
  /** Rows that are read, scored and written together. */
  static final int BLOCK = 256;

  private static final int KEPT_ANSWER_BYTES = 1 << 20;

  final JsonRecordReader reader;
  final Faults faults = new Faults();
  final float[] slots;
  final float[] margins;
  final float[] scores;
  private JsonBytes answer = new JsonBytes();

  Scratch(Schema schema, UnknownFields unknown, Engine engine) {
    this.reader = new JsonRecordReader(schema, unknown);
    this.slots = new float[BLOCK * schema.width()];
    this.margins = new float[BLOCK * engine.outputs()];
    this.scores = new float[BLOCK * engine.scores()];
  }

  /** Returns the buffer for an answer, empty. */
  JsonBytes answer() {
    if (answer.array().length > KEPT_ANSWER_BYTES) {
      answer = new JsonBytes();
    }

    answer.clear();
    return answer;
  }
}

package io.paritree.serving.models;

import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.JsonBytes;

/**
 * What a thread needs to score for one model, made once and used again for each request.
 *
 * <p>Refers to the schema and nothing else of the model, so that it does not keep a replaced model
 * alive. Not thread-safe: one per thread.
 */
public final class RequestBuffers {
  private static final int MAX_BLOCK = 256;

  /** Most slots of a block, and most of its margins: each thread keeps them for each model. */
  private static final int MAX_KEPT = 1 << 18;

  /** Rows that are read, scored and written together; fewer than usual for a wide model. */
  public final int block;

  public final JsonRecordReader reader;
  public final Faults faults = new Faults();
  public final float[] slots;
  public final float[] margins;
  public final float[] scores;
  private final JsonBytes answer = new JsonBytes();

  RequestBuffers(Schema schema, UnknownFields unknown, Engine engine) {
    this.reader = new JsonRecordReader(schema, unknown);
    int largest = Math.max(schema.width(), engine.outputs());
    this.block = Math.max(1, Math.min(MAX_BLOCK, MAX_KEPT / largest));
    this.slots = new float[block * schema.width()];
    this.margins = new float[block * engine.outputs()];
    this.scores = new float[block * engine.scores()];
  }

  /** Returns the buffer for an answer, empty. */
  public JsonBytes answer() {
    answer.clear();
    return answer;
  }
}

package io.paritree.serving.models;

import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.reasons.Reasons;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.insight.traffic.SeenRows;

/**
 * The buffers that a thread needs to score with one model; allocated once and reused for each
 * request.
 *
 * <p>Refers only to the schema of the model, so that it does not keep a replaced model in memory.
 * Not thread-safe: one per thread.
 */
public final class RequestBuffers {
  private static final int MAX_BLOCK = 256;

  /**
   * Largest number of slots of a block, and of its margins; limited because each thread keeps them
   * for each model.
   */
  private static final int MAX_KEPT = 1 << 18;

  /** Rows that are read, scored and written together; fewer for a wide model. */
  public final int block;

  public final JsonRecordReader reader;
  public final Faults faults = new Faults();
  public final float[] slots;
  public final float[] margins;
  public final float[] scores;

  /** Counts what is read and scored; null if that is switched off. */
  public final SeenRows seen;

  private final int fields;
  private final JsonBytes answer = new JsonBytes();
  private ReasonBuffers reasons; // null until they are asked for

  RequestBuffers(Schema schema, UnknownFields unknown, Engine engine, SeenRows seen) {
    this.seen = seen;
    this.reader = new JsonRecordReader(schema, unknown);
    this.fields = schema.fields().size();
    int largest = Math.max(schema.width(), engine.outputs());
    this.block = Math.max(1, Math.min(MAX_BLOCK, MAX_KEPT / largest));
    this.slots = new float[block * schema.width()];
    this.margins = new float[block * engine.outputs()];
    this.scores = new float[block * engine.scores()];
  }

  /** Reads one record into the first row of {@link #slots}, and its faults into {@link #faults}. */
  public void read(byte[] body) throws MalformedJsonException {
    faults.clear();
    try (JsonDocument document = JsonDocument.of(body, 0, body.length)) {
      document.next();
      reader.read(document, slots, 0, faults);
      document.end();
    }
  }

  /** Returns the buffers for reasons; they are the same in both modes. */
  public ReasonBuffers reasons(Reasons of) {
    if (reasons == null) {
      reasons = new ReasonBuffers(fields, of.groups().size(), block, of.contributions());
    }

    return reasons;
  }

  /** Clears and returns the buffer for an answer. */
  public JsonBytes answer() {
    answer.clear();
    return answer;
  }
}

package io.paritree.serving.log;

import io.paritree.feature.Faults;
import io.paritree.model.ScoringModel;
import io.paritree.record.RecordValues;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.metrics.RequestOrigin;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The prediction log, if it is enabled: one JSON line per scored row, with what the model saw and
 * what it returned.
 *
 * <p>Holds callers' data; which, its settings say. A request only copies its rows; the thread that
 * writes them makes text of them. Thread-safe.
 */
public final class PredictionLog extends CallersLog {
  private static final int ENTRY_BYTES = 128;

  private final ServingConfig.PredictionLog config;

  /**
   * @throws IOException if the file cannot be written
   */
  PredictionLog(ServingConfig.PredictionLog config) throws IOException {
    super(
        config.file().equals(ServingConfig.OFF)
            ? null
            : new LineWriter(
                "prediction log",
                new RotatedFile(
                    Path.of(config.file()), config.fileSize(), config.totalSize(), config.keep()),
                config.queue()));
    this.config = config;
  }

  /** Returns whether records are kept as they were given. */
  public boolean keepsRecords() {
    return on() && config.records();
  }

  /**
   * Returns how rows of a model are written.
   *
   * @param blockRows maximum number of rows that are copied together
   */
  public PredictionForm form(ScoringModel model, int blockRows) {
    return new PredictionForm(model, blockRows, config);
  }

  /**
   * Adds rows of a request; all arrays are copied.
   *
   * @param origin by what the request is found again
   * @param places position of each row in the request, from 0; one for each row
   * @param slots row after row; this and the other arrays may be longer than the rows need
   * @param values of all fields, if this log {@link #keepsRecords}; null if those of this request
   *     are not kept
   */
  public void add(
      PredictionForm form,
      RequestOrigin origin,
      long[] places,
      float[] slots,
      float[] margins,
      float[] scores,
      RecordValues values) {
    long entryBytes = ENTRY_BYTES + length(origin.requestId()) + length(origin.traceParent());
    for (int from = 0; from < places.length; from += form.blockRows()) {
      int first = from;
      int last = Math.min(first + form.blockRows(), places.length);
      writer.add(
          last - first,
          entryBytes + (last - first) * form.rowBytes() + form.recordBytes(first, last, values),
          () -> form.copy(origin, places, first, last, slots, margins, scores, values));
    }
  }

  /**
   * Adds a row that is refused, if records are kept.
   *
   * @param place position of the row in the request, from 0
   * @param values of the row, at {@code index}; copied
   * @param faults of the row
   */
  public void addRefused(
      PredictionForm form,
      RequestOrigin origin,
      long place,
      RecordValues values,
      int index,
      Faults faults) {
    long bytes =
        ENTRY_BYTES
            + length(origin.requestId())
            + length(origin.traceParent())
            + (long) ENTRY_BYTES * faults.count()
            + form.recordBytes(index, index + 1, values);
    writer.add(1, bytes, () -> form.refused(origin, place, values, index, faults));
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }
}

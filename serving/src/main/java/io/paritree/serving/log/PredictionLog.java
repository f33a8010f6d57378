package io.paritree.serving.log;

import io.paritree.serving.arrival.RequestOrigin;
import io.paritree.serving.config.ServingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/**
 * The prediction log, if it is enabled: one JSON line per scored row, with what the model saw and
 * what it returned.
 *
 * <p>Holds callers' data. A request only copies its rows; the thread that writes them makes text of
 * them. Thread-safe.
 */
public final class PredictionLog extends CallersLog {
  private static final int ENTRY_BYTES = 128;
  private static final long[] FIRST = {0};

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
  }

  /**
   * Adds a request's only row; the arrays are copied.
   *
   * @param origin by what the request is found again
   */
  public void add(
      PredictionForm form, RequestOrigin origin, float[] slots, float[] margins, float[] scores) {
    add(form, origin, FIRST, 0, slots, margins, scores);
  }

  /**
   * Adds rows of a request; all arrays are copied.
   *
   * @param origin by what the request is found again
   * @param places position of each row in the request, from 0; one for each row
   * @param slots row after row; this and the other arrays may be longer than the rows need
   */
  public void add(
      PredictionForm form,
      RequestOrigin origin,
      long[] places,
      float[] slots,
      float[] margins,
      float[] scores) {
    int most = form.blockRows();
    for (int first = 0; first < places.length; first += most) {
      int last = Math.min(first + most, places.length);
      long[] block = Arrays.copyOfRange(places, first, last);
      add(form, origin, block, first, slots, margins, scores);
    }
  }

  private void add(
      PredictionForm form,
      RequestOrigin origin,
      long[] places,
      int first,
      float[] slots,
      float[] margins,
      float[] scores) {
    int rows = places.length;
    int width = form.width();
    int marginCount = form.margins();
    int scoreCount = form.scores();
    long bytes =
        ENTRY_BYTES
            + length(origin.requestId())
            + length(origin.traceParent())
            + (long) rows * (Long.BYTES + Float.BYTES * (width + marginCount + scoreCount));
    writer.add(
        rows,
        bytes,
        () ->
            new PredictionRows(
                form,
                Instant.now(),
                origin,
                places,
                part(slots, first, rows, width),
                part(margins, first, rows, marginCount),
                part(scores, first, rows, scoreCount)));
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }

  private static float[] part(float[] values, int first, int rows, int count) {
    return Arrays.copyOfRange(values, first * count, (first + rows) * count);
  }
}

package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.arrival.Arrival;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.models.ModelStatistics.Inference;
import io.paritree.serving.models.RequestBuffers;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.reasons.ReasonsAnswer;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.RowLimit;
import io.paritree.serving.request.ScoringParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code POST .../score-batch}: records in, one result or its errors per record out, in the same
 * order.
 *
 * <p>Records with faults do not prevent others from being scored: the answer is 200, and says how
 * many were scored and refused. Records are a JSON array, lines of JSON, or CSV; each result has
 * its record's key if the query says {@code key=FIELD}. Only a body that is wrong as a whole is
 * refused: 400 if it does not have its form, 413 if it has too many records. Thread-safe; takes no
 * lock.
 */
public final class ScoreBatchHandler {
  /**
   * The faults of a request are listed until they take this many times {@code limits.body}; after
   * that, each record lists its first fault and the number of the others.
   */
  private static final int LISTED_BODIES = 4;

  /** A block with this many faults is written before it is full. */
  private static final int MAX_BLOCK_FAULTS = 1_000;

  private final ScoringParts parts;

  public ScoreBatchHandler(ScoringParts parts) {
    this.parts = parts;
  }

  public void handle(Context ctx) throws IOException {
    ServedModel served = ModelAddress.model(ctx, parts.models());
    try (Inference inference = served.statistics().begin(Arrival.of(ctx).waitedNanos())) {
      ScoreQuery query = ScoreQuery.ofBatch(ctx);
      BatchBody form = form(ctx);
      Batch batch = new Batch(served, query, inference, ctx);
      batch.buffers.reader.keepIn(batch.values());
      batch.buffers.reader.keyIn(query.key().isEmpty() ? null : query.key());
      try {
        score(form, batch);
      } finally {
        batch.answer.clear(); // also if the request is refused halfway
        batch.buffers.reader.keyIn(null);
        batch.buffers.reader.keepIn(null);
      }

      served.scored().inc(batch.scored);
      served.refused(batch.refused, batch.faults, parts.metrics());
      inference.answered((int) batch.scored);
    }
  }

  /** Returns the form of the body. */
  private static BatchBody form(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    List<String> usual = new ArrayList<>();
    for (BatchBody form : BatchBody.values()) {
      if (form.types().stream().anyMatch(type -> MediaTypes.isType(ctx, type))) {
        return form;
      }

      usual.add(form.types().get(0));
    }

    throw new ProblemException(Problems.UNSUPPORTED_MEDIA_TYPE.of(String.join(" or ", usual)));
  }

  private void score(BatchBody form, Batch batch) throws IOException {
    batch.answer.raw(batch.served.answerStart()).raw(",\"results\":[");
    form.read(Arrival.of(batch.ctx).body(), batch.query.key(), batch);
    batch.flush();
    batch.answer.raw("],\"scored\":").number(batch.scored);
    batch.answer.raw(",\"refused\":").number(batch.refused).raw("}\n");
    Answers.send(batch.answer, batch.ctx);
  }

  /** One request's records, in blocks. */
  final class Batch {
    private final ServedModel served;
    private final Context ctx;
    private final Inference inference;
    private final RequestBuffers buffers;
    private final Engine engine;
    private final int width;
    private final ScoreQuery query;
    private final ReasonsAnswer reasons; // null if none are asked for
    private final JsonBytes answer;
    private final RowLimit limit;

    /** For each record of the block, its faults; null where it has none. */
    private final List<Refused> block = new ArrayList<>();

    /** The faults that were found, listed or not. */
    private final FaultTotals faults;

    /** Bytes that may still be used to list faults. */
    private long listing = (long) LISTED_BODIES * parts.limits().body();

    /** For each record of the block, its key; null where it has none. */
    private final List<String> keys = new ArrayList<>();

    private int good; // records of the block without faults; their slots are contiguous
    private int blockFaults;
    private long row;
    private long scored;
    private long refused;

    private Batch(ServedModel served, ScoreQuery query, Inference inference, Context ctx) {
      this.served = served;
      this.faults = served.faultTotals();
      this.inference = inference;
      this.ctx = ctx;
      this.buffers = served.buffers();
      this.engine = served.model().engine();
      this.width = engine.width();
      this.query = query;
      this.answer = buffers.answer();
      this.reasons =
          query.reasons().map(asked -> ReasonsAnswer.ofBlocks(asked, served)).orElse(null);
      int margins = query.margin() ? engine.outputs() : 0;
      long rowBytes = served.form().rowBytes(margins) + (reasons == null ? 0 : reasons.rowBytes());
      this.limit = RowLimit.of(parts.limits(), engine, rowBytes);
      if (reasons != null) {
        reasons.clear();
      }
    }

    RequestBuffers buffers() {
      return buffers;
    }

    Schema schema() {
      return served.model().schema();
    }

    /** Returns what keeps the values of the records; null if they are not needed. */
    RecordValues values() {
      return reasons == null ? null : reasons.values();
    }

    /** Returns the index in the buffers' slots where the next record begins. */
    int at() {
      return good * width;
    }

    /** Makes the buffers ready for the next record. */
    void begin() {
      if (listing > 0) {
        buffers.faults.clear();
      } else {
        buffers.faults.clearForOne();
      }

      if (reasons != null) {
        reasons.values().begin(good);
      }
    }

    /**
     * Takes the record that is in the buffers.
     *
     * @param key null if the record has none, or none that can be repeated
     */
    void end(String key) {
      limit.check(row + block.size() + 1);
      keys.add(key);
      if (buffers.faults.isEmpty()) {
        good++;
        block.add(null);
      } else {
        List<Fault> listed = buffers.faults.list();
        block.add(new Refused(listed, buffers.faults.count() - listed.size()));
        buffers.faults.forEach(faults::add);
        blockFaults += listed.size();
      }

      if (block.size() == buffers.block || blockFaults >= MAX_BLOCK_FAULTS) {
        flush();
      }
    }

    void flush() {
      inference.read();
      engine.score(buffers.slots, good, buffers.margins, buffers.scores);
      inference.scored();
      if (parts.predictions().on() && good > 0) {
        parts
            .predictions()
            .add(
                served.predictionForm(),
                Arrival.of(ctx).origin(),
                goodPlaces(),
                buffers.slots,
                buffers.margins,
                buffers.scores);
      }

      int next = 0;
      for (int index = 0; index < block.size(); index++) {
        Refused record = block.get(index);
        answer.raw(row == 0 ? "{" : ",{");
        if (keys.get(index) != null) {
          answer.raw("\"key\":").string(keys.get(index)).raw(',');
        }

        if (record == null) {
          write(next++);
        } else {
          write(record);
        }

        answer.raw('}');
        row++;
      }

      scored += good;
      if (reasons != null) {
        reasons.clear();
      }

      good = 0;
      blockFaults = 0;
      block.clear();
      keys.clear();
      inference.written();
    }

    /** Returns the positions in the request of the block's records without faults. */
    private long[] goodPlaces() {
      return IntStream.range(0, block.size())
          .filter(index -> block.get(index) == null)
          .mapToLong(index -> row + index)
          .toArray();
    }

    private void write(int index) {
      int scores = engine.scores();
      int margins = engine.outputs();
      served
          .form()
          .write(
              buffers.scores,
              index * scores,
              query.margin() ? buffers.margins : null,
              index * margins,
              margins,
              answer);
      if (reasons != null) {
        reasons.explain(buffers.slots, index, good);
        reasons.write(buffers.scores, index, answer.raw(",\"reasons\":"));
      }
    }

    private void write(Refused record) {
      refused++;
      int begin = answer.length();
      List<PointedFault> errors = new ArrayList<>(record.listed.size());
      for (Fault fault : record.listed) {
        errors.add(PointedFault.under("/" + row, fault));
      }

      answer.raw("\"errors\":");
      Problem.write(errors, answer);
      if (record.omitted > 0) {
        answer.raw(",\"errors_omitted\":").number(record.omitted);
      }

      listing -= answer.length() - begin;
    }
  }

  /**
   * A record with faults.
   *
   * @param omitted number of faults that are counted but not listed
   */
  private record Refused(List<Fault> listed, int omitted) {}
}

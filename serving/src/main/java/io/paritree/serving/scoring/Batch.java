package io.paritree.serving.scoring;

import io.paritree.Fault;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.insight.traffic.UnscoredRows;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.metrics.RequestOrigin;
import io.paritree.serving.models.RequestBuffers;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.ReasonsAnswer;
import io.paritree.serving.request.RowLimit;
import io.paritree.serving.request.ScoringParts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The records of one request, scored and answered in blocks. Uses the thread's buffers until it is
 * closed. Not thread-safe.
 */
final class Batch implements AutoCloseable {
  /**
   * The faults of a request are listed until they take this many times {@code limits.body}; after
   * that, each record lists its first fault and the number of the others.
   */
  private static final int LISTED_BODIES = 4;

  /** A block with this many faults is written before it is full. */
  private static final int MAX_BLOCK_FAULTS = 1_000;

  private final ServedModel served;
  private final ScoreQuery query;
  private final RequestOrigin origin;
  private final ScoringParts parts;
  private final RequestBuffers buffers;
  private final Engine engine;
  private final ReasonsAnswer reasons; // null if none are asked for
  private final RecordValues values; // of the block; null if nothing needs them
  private final JsonBytes answer;
  private final RowLimit limit;

  /** The records of the block. */
  private final List<Entry> block = new ArrayList<>();

  /** The faults that were found, listed or not. */
  private final FaultTotals faults;

  private final UnscoredRows refused;

  /** Bytes that may still be used to list faults. */
  private long listing;

  private int good; // records of the block without faults; their slots are contiguous
  private int blockFaults;
  private long row;
  private long scored;

  /**
   * A record of the block.
   *
   * @param key null if it has none, or none that can be repeated
   * @param listed its faults; empty if it has none
   * @param omitted number of faults that are counted but not listed
   */
  private record Entry(String key, List<Fault> listed, int omitted) {}

  Batch(ServedModel served, ScoreQuery query, RequestOrigin origin, ScoringParts parts) {
    this.served = served;
    this.query = query;
    this.origin = origin;
    this.parts = parts;
    this.buffers = served.buffers();
    this.engine = served.model().engine();
    this.faults = served.faultTotals();
    this.refused = served.refusedRows();
    this.listing = (long) LISTED_BODIES * parts.limits().body();
    this.reasons = query.reasons().map(asked -> ReasonsAnswer.ofBlocks(asked, served)).orElse(null);
    int margins = query.margin() ? engine.outputs() : 0;
    long rowBytes = served.form().rowBytes(margins) + (reasons == null ? 0 : reasons.rowBytes());
    this.limit = RowLimit.of(parts.limits(), engine, rowBytes);
    if (reasons != null) {
      reasons.clear();
    }

    this.values = reasons == null ? parts.values(served) : reasons.values();
    buffers.reader.keepIn(values);
    buffers.reader.keyIn(query.key().isEmpty() ? null : query.key());
    this.answer = buffers.answer().raw(served.answerStart()).raw(",\"results\":[");
  }

  RequestBuffers buffers() {
    return buffers;
  }

  Schema schema() {
    return served.model().schema();
  }

  /** Returns what keeps the values of the records; null if they are not needed. */
  RecordValues values() {
    return values;
  }

  /** Returns the index in the buffers' slots where the next record begins. */
  int at() {
    return good * engine.width();
  }

  /** Makes the buffers ready for the next record. */
  void begin() {
    if (listing > 0) {
      buffers.faults.clear();
    } else {
      buffers.faults.clearForOne();
    }

    if (values != null) {
      values.begin(good);
    }
  }

  /**
   * Takes the record that is in the buffers.
   *
   * @param key null if the record has none, or none that can be repeated
   */
  void end(String key) {
    limit.check(row + block.size() + 1);
    List<Fault> listed = List.of();
    if (buffers.faults.isEmpty()) {
      good++;
    } else {
      listed = buffers.faults.list();
      buffers.faults.forEach(faults::add);
      refused.add(buffers.slots, at(), buffers.faults);
      parts.refused(served, origin, row + block.size(), values, good, buffers.faults);
      blockFaults += listed.size();
    }

    block.add(new Entry(key, listed, buffers.faults.count() - listed.size()));
    if (block.size() == buffers.block || blockFaults >= MAX_BLOCK_FAULTS) {
      flush();
    }
  }

  JsonBytes answer() {
    flush();
    answer.raw("],\"scored\":").number(scored);
    return answer.raw(",\"refused\":").number(row - scored).raw("}\n");
  }

  /** Counts the records of the answer, of which those that were scored are counted already. */
  void count() {
    served.refused(row - scored, faults, refused, buffers.faults, parts.metrics());
  }

  private void flush() {
    engine.score(buffers.slots, good, buffers.margins, buffers.scores);
    served.scored().inc(good);
    parts.scored(
        served,
        origin,
        good,
        this::goodPlaces,
        buffers.slots,
        buffers.margins,
        buffers.scores,
        buffers.faults,
        values);
    int next = 0;
    for (Entry record : block) {
      answer.raw(row == 0 ? "{" : ",{");
      if (record.key != null) {
        answer.raw("\"key\":").string(record.key).raw(',');
      }

      if (record.listed.isEmpty()) {
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
    } else if (values != null) {
      values.clear();
    }

    good = 0;
    blockFaults = 0;
    block.clear();
  }

  /** Returns the positions in the request of the block's records without faults. */
  private long[] goodPlaces() {
    return IntStream.range(0, block.size())
        .filter(index -> block.get(index).listed.isEmpty())
        .mapToLong(index -> row + index)
        .toArray();
  }

  private void write(int index) {
    float[] margins = query.margin() ? buffers.margins : null;
    int outputs = engine.outputs();
    int scoreAt = index * engine.scores();
    served.form().write(buffers.scores, scoreAt, margins, index * outputs, outputs, answer);
    if (reasons != null) {
      reasons.explain(buffers.slots, index, good);
      reasons.write(buffers.scores, index, answer.raw(",\"reasons\":"));
    }
  }

  private void write(Entry record) {
    int begin = answer.length();
    String pointer = "/" + row;
    answer.raw("\"errors\":");
    Problem.write(
        record.listed.stream().map(fault -> PointedFault.under(pointer, fault)).toList(), answer);
    if (record.omitted > 0) {
      answer.raw(",\"errors_omitted\":").number(record.omitted);
    }

    listing -= answer.length() - begin;
  }

  @Override
  public void close() {
    answer.clear(); // also if the request is refused halfway
    buffers.reader.keyIn(null);
    buffers.reader.keepIn(null);
  }
}

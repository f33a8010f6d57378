package io.paritree.serving.request;

import io.paritree.NameList;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Schema;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.ReasonBuffers;
import io.paritree.serving.models.ServedModel;
import java.util.Optional;

/** The reasons that one request asks for: chosen and written row by row. Not thread-safe. */
public final class ReasonsAnswer {
  /** The members of a reason without its names and its value. */
  private static final int REASON_BYTES = 80;

  private final ReasonsRequest asked;
  private final Schema schema;
  private final Reasons reasons;
  private final ReasonBuffers buffers;
  private final RecordValues values;
  private final int scoreCount;
  private final int most;

  /** The output that is explained; negative for the output of the row's class. */
  private final int output;

  private int explainedFrom;
  private int explainedTo;

  private ReasonsAnswer(
      ReasonsRequest asked, ServedModel served, Reasons reasons, RecordValues values) {
    this.asked = asked;
    this.schema = served.model().schema();
    this.reasons = reasons;
    this.buffers = served.buffers().reasons(reasons);
    this.values = values == null ? buffers.values : values;
    this.scoreCount = served.model().engine().scores();
    this.output = output();
    int groups = reasons.groups().size();
    this.most = asked.most().orElse(Math.min(ReasonsRequest.USUAL, groups));
    if (most > groups) {
      throw asked.wrong(
          ReasonsRequest.REASONS,
          "a whole number from 1 to %s, the number of the model's fields".formatted(groups));
    }
  }

  /**
   * Prepares what a request asks for that is answered block by block: the values of a block are
   * kept in the thread's buffers.
   *
   * @throws ProblemException with 400 if the model does not have it
   */
  public static ReasonsAnswer ofBlocks(ReasonsRequest asked, ServedModel served) {
    return of(asked, served, null);
  }

  /**
   * Prepares what a request asks for whose rows are all read before they are answered.
   *
   * @throws ProblemException with 400 if the model does not have it
   */
  public static ReasonsAnswer ofRows(ReasonsRequest asked, ServedModel served) {
    return of(asked, served, new RecordValues(served.model().schema().fields().size()));
  }

  private static ReasonsAnswer of(ReasonsRequest asked, ServedModel served, RecordValues values) {
    try {
      return new ReasonsAnswer(asked, served, served.reasons(), values);
    } catch (UnsupportedModelException e) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(ReasonsRequest.REASONS, e.getMessage()));
    }
  }

  private int output() {
    if (asked.output().isEmpty() && reasons.hasWinner()) {
      return -1;
    }

    String expected = "one of the model's outputs " + NameList.known(reasons.outputNames());
    if (asked.output().isEmpty()) {
      throw asked.missing(
          ReasonsRequest.OUTPUT, expected + ", the one whose margin the reasons are about");
    }

    return reasons
        .output(asked.output())
        .orElseThrow(() -> asked.wrong(ReasonsRequest.OUTPUT, expected));
  }

  /** Returns about how many bytes the reasons of a row take at most, without their values. */
  public long rowBytes() {
    long largest = 0;
    for (ReasonGroup group : reasons.groups()) {
      long columns = group.columns().stream().mapToLong(String::length).sum();
      long up = group.rule().up().map(ReasonsAnswer::bytes).orElse(0L);
      long down = group.rule().down().map(ReasonsAnswer::bytes).orElse(0L);
      largest = Math.max(largest, group.name().length() + columns + Math.max(up, down));
    }

    return (1 + most) * (REASON_BYTES + largest);
  }

  private static long bytes(ReasonRule.Code code) {
    return code.code().length() + code.text().map(String::length).orElse(0);
  }

  /** Returns what keeps the values of the records. */
  public RecordValues values() {
    return values;
  }

  /** Makes room for a new block of records. */
  public void clear() {
    values.clear();
    explainedFrom = 0;
    explainedTo = 0;
  }

  /**
   * Explains a row, with those after it, unless that was done.
   *
   * @param slots row after row
   * @param rows number of rows
   */
  public void explain(float[] slots, int row, int rows) {
    if (row < explainedFrom || row >= explainedTo) {
      explainedFrom = row;
      explainedTo = Math.min(rows, row + buffers.block);
      reasons.explain(slots, row, explainedTo - row, buffers.contributions);
    }
  }

  /**
   * Writes the reasons of a row that was explained, as an object.
   *
   * @param scores row after row
   */
  public void write(float[] scores, int row, JsonBytes json) {
    int explained = output < 0 ? reasons.winner(scores, row * scoreCount) : output;
    RowReasons chosen = buffers.row;
    reasons.choose(
        buffers.contributions,
        (row - explainedFrom) * reasons.contributions(),
        explained,
        most,
        asked.direction(),
        chosen);
    json.raw("{\"base\":").number(chosen.base());
    json.raw(",\"rest\":").number(chosen.rest());
    json.raw(",\"direction\":\"").raw(asked.direction().key()).raw('"');
    if (reasons.outputNames().size() > 1) {
      json.raw(",\"output\":").string(reasons.outputNames().get(explained));
    }

    json.raw(",\"fields\":");
    json.list(
            chosen.count(),
            reason -> write(row, chosen.group(reason), chosen.contribution(reason), json))
        .raw('}');
  }

  private void write(int row, int index, float contribution, JsonBytes json) {
    ReasonGroup group = reasons.groups().get(index);
    json.raw("{\"field\":").string(group.name()).raw(",\"value\":");
    if (group.columns().size() == 1) {
      writeValue(row, group.columns().get(0), json);
    } else {
      for (int column = 0; column < group.columns().size(); column++) {
        json.raw(column == 0 ? '{' : ',').string(group.columns().get(column)).raw(':');
        writeValue(row, group.columns().get(column), json);
      }

      json.raw('}');
    }

    json.raw(",\"contribution\":").number(contribution);
    Optional<ReasonRule.Code> code = reasons.code(index, contribution);
    if (code.isPresent()) {
      json.raw(",\"code\":").string(code.get().code());
      code.get().text().ifPresent(text -> json.raw(",\"text\":").string(text));
    }

    json.raw('}');
  }

  private void writeValue(int row, String column, JsonBytes json) {
    int field = schema.fieldIndex(column);
    String value = values.value(row, field);
    if (value == null) {
      json.raw("null");
    } else if (values.isText(row, field)) {
      json.string(value);
    } else {
      json.raw(value);
    }
  }
}

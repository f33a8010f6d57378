package io.paritree.serving.openinference;

import io.paritree.output.ScoreColumns;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.openinference.InferRequest.Output;
import io.paritree.serving.request.ReasonsAnswer;
import io.paritree.serving.request.RequestRows.Scored;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * The answer to an inference request: JSON, and after it the data of the outputs that the caller
 * wants as bytes. One per request; not thread-safe.
 */
final class InferAnswer {
  /** Outputs that are answered only if they are requested. */
  static final String CONTRIBUTIONS = "contributions";

  static final String REASONS = "reasons";

  private final ServedModel served;
  private final Scored scored;
  private final Explained explained;
  private final JsonBytes json;
  private final List<byte[]> data = new ArrayList<>();

  /**
   * What explains the scores.
   *
   * @param contributions row after row; empty if they are not requested
   * @param reasons null if they are not requested
   * @param slots of all rows, which the reasons explain
   */
  record Explained(float[] contributions, ReasonsAnswer reasons, float[] slots) {}

  private InferAnswer(ServedModel served, Scored scored, Explained explained, JsonBytes json) {
    this.served = served;
    this.scored = scored;
    this.explained = explained;
    this.json = json;
  }

  /** Returns the names of the outputs that are answered if none is requested. */
  static List<String> names(ServedModel served) {
    return served.model().outputs().hasLabel()
        ? List.of(ScoreColumns.SCORE, ScoreColumns.MARGIN, ScoreColumns.LABEL)
        : List.of(ScoreColumns.SCORE, ScoreColumns.MARGIN);
  }

  /** Returns the version of a sealed model. */
  static String version(ServedModel served) {
    String version = served.model().modelVersion();
    return version.substring(version.lastIndexOf('/') + 1);
  }

  /**
   * Writes the whole answer.
   *
   * @param json receives it
   * @return the length of its JSON if it has outputs as bytes, which may be none; empty if the
   *     whole answer is JSON
   */
  static OptionalInt write(
      InferRequest request,
      ServedModel served,
      Scored scored,
      Explained explained,
      JsonBytes json) {
    InferAnswer answer = new InferAnswer(served, scored, explained, json);
    answer.writeHead(request.id());
    answer.writeOutputs(request);
    if (answer.data.isEmpty()) {
      json.raw('\n');
      return OptionalInt.empty();
    }

    int length = json.length();
    answer.data.forEach(json::raw);
    return OptionalInt.of(length);
  }

  /** Writes the beginning of an answer; an unsealed model has no version. */
  private void writeHead(String id) {
    json.raw("{\"model_name\":").string(served.name());
    if (served.model().sealed()) {
      json.raw(",\"model_version\":").string(version(served));
    }

    String modelVersion = served.model().modelVersion();
    json.raw(",\"parameters\":{\"model_version\":").string(modelVersion);
    json.raw(",\"version\":").string(modelVersion).raw('}');
    if (id != null) {
      json.raw(",\"id\":").string(id);
    }
  }

  private void writeOutputs(InferRequest request) {
    List<Output> outputs =
        request.outputs().isEmpty()
            ? names(served).stream()
                .map(name -> new Output(name, request.binary(), Map.of()))
                .toList()
            : request.outputs();
    String comma = ",\"outputs\":[";
    for (Output output : outputs) {
      json.raw(comma).raw("{\"name\":\"").raw(output.name());
      comma = ",";
      switch (output.name()) {
        case ScoreColumns.SCORE -> writeNumbers(scored.scores(), scored.scoreCount(), output);
        case ScoreColumns.MARGIN -> writeNumbers(scored.margins(), scored.marginCount(), output);
        case CONTRIBUTIONS -> writeNumbers(explained.contributions, perRow(), output);
        case REASONS -> writeTexts(this::reasons, output);
        default -> writeTexts(this::label, output);
      }
    }

    json.raw("]}");
  }

  /** Returns the number of contributions of a row. */
  private int perRow() {
    return scored.marginCount() * (served.model().schema().modelWidth() + 1);
  }

  private void writeNumbers(float[] values, int perRow, Output output) {
    json.raw("\",\"datatype\":\"FP32\",\"shape\":[").number(scored.rows());
    if (perRow > 1) {
      json.raw(',').number(perRow);
    }

    if (output.binary()) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
      addData(bytes.array());
      return;
    }

    json.raw("],\"data\":");
    json.list(values.length, index -> json.number(values[index])).raw('}');
  }

  /**
   * Writes an output of texts.
   *
   * @param texts the text of each row, asked for in order
   */
  private void writeTexts(IntFunction<String> texts, Output output) {
    json.raw("\",\"datatype\":\"BYTES\",\"shape\":[").number(scored.rows());
    if (output.binary()) {
      JsonBytes bytes = new JsonBytes();
      for (int row = 0; row < scored.rows(); row++) {
        byte[] text = texts.apply(row).getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.raw(length.putInt(text.length).array()).raw(text);
      }

      addData(bytes.toByteArray());
      return;
    }

    json.raw("],\"data\":");
    json.list(scored.rows(), row -> json.string(texts.apply(row))).raw('}');
  }

  private String label(int row) {
    return served.model().outputs().label(scored.scores(), row * scored.scoreCount()).orElseThrow();
  }

  private String reasons(int row) {
    JsonBytes text = new JsonBytes();
    explained.reasons.explain(explained.slots, row, scored.rows());
    explained.reasons.write(scored.scores(), row, text);
    return new String(text.toByteArray(), StandardCharsets.UTF_8);
  }

  private void addData(byte[] bytes) {
    json.raw("],\"parameters\":{\"binary_data_size\":").number(bytes.length).raw("}}");
    data.add(bytes);
  }
}

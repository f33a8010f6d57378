package io.paritree.serving.openinference;

import io.paritree.model.manifest.Outputs;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.openinference.InferRequest.Output;
import io.paritree.serving.request.Table.Scored;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to an inference request: JSON, and after it the data of the outputs that the caller
 * wants as bytes. One per request; not thread-safe.
 */
final class InferAnswer {
  static final String SCORE = "score";
  static final String MARGIN = "margin";
  static final String LABEL = "label";

  /** An output that is answered only if it is requested. */
  static final String CONTRIBUTIONS = "contributions";

  private final ServedModel served;
  private final Scored scored;
  private final float[] contributions;
  private final JsonBytes json;
  private final List<byte[]> data = new ArrayList<>();

  private InferAnswer(ServedModel served, Scored scored, float[] contributions, JsonBytes json) {
    this.served = served;
    this.scored = scored;
    this.contributions = contributions;
    this.json = json;
  }

  /** Returns whether an output is that of the contributions. */
  static boolean isContributions(Output output) {
    return output.name().equals(CONTRIBUTIONS);
  }

  /** Returns the names of the outputs that are answered if none is requested. */
  static List<String> names(ServedModel served) {
    return served.model().outputs().kind() == Outputs.Kind.VALUES
        ? List.of(SCORE, MARGIN)
        : List.of(SCORE, MARGIN, LABEL);
  }

  /** Returns the version of a sealed model. */
  static String version(ServedModel served) {
    String version = served.model().modelVersion();
    return version.substring(version.lastIndexOf('/') + 1);
  }

  /**
   * Writes the whole answer.
   *
   * @param contributions row after row; empty if they are not requested
   * @param json receives it
   * @return the length of its JSON; the whole answer is longer if it has outputs as bytes
   */
  static int write(
      InferRequest request,
      ServedModel served,
      Scored scored,
      float[] contributions,
      JsonBytes json) {
    InferAnswer answer = new InferAnswer(served, scored, contributions, json);
    answer.writeHead(request.id());
    answer.writeOutputs(request);
    if (answer.data.isEmpty()) {
      json.raw('\n');
    }

    int length = json.length();
    answer.data.forEach(json::raw);
    return length;
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
            ? names(served).stream().map(name -> new Output(name, request.binary())).toList()
            : request.outputs();
    String comma = ",\"outputs\":[";
    for (Output output : outputs) {
      json.raw(comma).raw("{\"name\":\"").raw(output.name());
      comma = ",";
      switch (output.name()) {
        case SCORE -> writeNumbers(scored.scores(), scored.scoreCount(), output.binary());
        case MARGIN -> writeNumbers(scored.margins(), scored.marginCount(), output.binary());
        case CONTRIBUTIONS -> writeNumbers(contributions, perRow(), output.binary());
        default -> writeLabels(output.binary());
      }
    }

    json.raw("]}");
  }

  /** Returns the number of contributions of a row. */
  private int perRow() {
    return scored.marginCount() * (served.model().engine().width() + 1);
  }

  private void writeNumbers(float[] values, int perRow, boolean binary) {
    json.raw("\",\"datatype\":\"FP32\",\"shape\":[").number(scored.rows());
    if (perRow > 1) {
      json.raw(',').number(perRow);
    }

    if (binary) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
      addData(bytes.array());
      return;
    }

    json.raw("],\"data\":[");
    for (int index = 0; index < values.length; index++) {
      if (index > 0) {
        json.raw(',');
      }

      json.number(values[index]);
    }

    json.raw("]}");
  }

  private void writeLabels(boolean binary) {
    json.raw("\",\"datatype\":\"BYTES\",\"shape\":[").number(scored.rows());
    if (binary) {
      JsonBytes bytes = new JsonBytes();
      for (int row = 0; row < scored.rows(); row++) {
        byte[] label = label(row).getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.raw(length.putInt(label.length).array()).raw(label);
      }

      addData(bytes.toByteArray());
      return;
    }

    json.raw("],\"data\":[");
    for (int row = 0; row < scored.rows(); row++) {
      if (row > 0) {
        json.raw(',');
      }

      json.string(label(row));
    }

    json.raw("]}");
  }

  private String label(int row) {
    return served.model().outputs().label(scored.scores(), row * scored.scoreCount()).orElseThrow();
  }

  private void addData(byte[] bytes) {
    json.raw("],\"parameters\":{\"binary_data_size\":").number(bytes.length).raw("}}");
    data.add(bytes);
  }
}

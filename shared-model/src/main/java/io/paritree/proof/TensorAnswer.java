package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.proof.ServerRequests.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors that a server answers by the Open Inference Protocol: score, margin and label, in the
 * JSON or as bytes after it. Not thread-safe.
 */
final class TensorAnswer {
  private static final JsonFactory JSON = new JsonFactory();

  private final int outputs;
  private final int perRow;
  private final float[] scores;
  private final float[] margins;
  private final boolean[] areNotFinite; // numbers of a row, in JSON
  private final List<String> labels = new ArrayList<>();
  private boolean isScored;

  /**
   * @param rows how many were sent
   * @param outputs number of margins of a row
   * @param perRow number of scores of a row
   */
  TensorAnswer(int rows, int outputs, int perRow) {
    this.outputs = outputs;
    this.perRow = perRow;
    this.scores = new float[rows * perRow];
    this.margins = new float[rows * outputs];
    this.areNotFinite = new boolean[rows];
  }

  /** Reads an answer; its outputs have no parameters but the size of their bytes. */
  void read(Answer answer) throws IOException {
    int length = answer.json().orElse(answer.body().length);
    ByteBuffer data =
        ByteBuffer.wrap(answer.body(), length, answer.body().length - length)
            .order(ByteOrder.LITTLE_ENDIAN);
    try (JsonParser json = JSON.createParser(answer.body(), 0, length)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean areOutputs = json.currentName().equals("outputs");
        json.nextToken();
        if (!areOutputs) {
          json.skipChildren();
          continue;
        }

        while (json.nextToken() == JsonToken.START_OBJECT) {
          readOutput(json, data);
        }
      }
    }
  }

  private void readOutput(JsonParser json, ByteBuffer data) throws IOException {
    String name = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String member = json.currentName();
      json.nextToken();
      isScored |= name.equals("score");
      if (member.equals("name")) {
        name = json.getText();
      } else if (member.equals("data") && name.equals("label")) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          labels.add(json.getText());
        }
      } else if (member.equals("data")) {
        readNumbers(json, name.equals("score") ? scores : margins);
      } else if (member.equals("parameters") && name.equals("label")) {
        readLabels(data);
      } else if (member.equals("parameters")) {
        float[] to = name.equals("score") ? scores : margins;
        data.asFloatBuffer().get(to);
        data.position(data.position() + to.length * Float.BYTES);
      }

      json.skipChildren(); // what was not read
    }
  }

  private void readLabels(ByteBuffer data) {
    for (int row = 0; row < areNotFinite.length; row++) {
      byte[] text = new byte[data.getInt()];
      data.get(text);
      labels.add(new String(text, StandardCharsets.UTF_8));
    }
  }

  private void readNumbers(JsonParser json, float[] to) throws IOException {
    int each = to.length / areNotFinite.length;
    if (AnsweredNumbers.read(json, to, 0)) {
      return;
    }

    for (int at = 0; at < to.length; at++) {
      areNotFinite[at / each] |= Float.isNaN(to[at]);
    }
  }

  /**
   * Passes on what was read.
   *
   * @param sent the numbers of the records
   */
  void giveTo(List<Integer> sent, WayAnswers to) {
    for (int at = 0; at < sent.size() && isScored; at++) {
      if (areNotFinite[at]) {
        to.inexpressible(sent.get(at), WayAnswers.NOT_FINITE);
        continue;
      }

      to.scored(sent.get(at), margins, at * outputs, scores, at * perRow);
      if (at < labels.size()) {
        to.labelled(sent.get(at), labels.get(at));
      }
    }
  }
}

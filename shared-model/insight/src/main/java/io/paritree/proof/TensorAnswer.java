package io.paritree.proof;

import io.paritree.proof.ServerRequests.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The tensors that a server answers by the Open Inference Protocol, in the JSON or as bytes after
 * it.
 *
 * @param scores row after row
 * @param margins row after row
 * @param isWhole of each row, whether it has no number that JSON cannot have
 * @param labels of the rows; empty without any
 */
record TensorAnswer(float[] scores, float[] margins, boolean[] isWhole, List<String> labels) {

  /**
   * Reads an answer.
   *
   * @param rows how many were sent
   * @param outputs number of margins of a row
   * @param perRow number of scores of a row
   */
  static TensorAnswer of(Answer answer, int rows, int outputs, int perRow) throws IOException {
    int length = answer.json().orElse(answer.body().length);
    ByteBuffer data =
        ByteBuffer.wrap(answer.body(), length, answer.body().length - length)
            .order(ByteOrder.LITTLE_ENDIAN);
    TensorAnswer tensors =
        new TensorAnswer(
            new float[rows * perRow],
            new float[rows * outputs],
            new boolean[rows],
            new ArrayList<>());
    Arrays.fill(tensors.isWhole, true);
    for (Object each : AnswerTree.list(AnswerTree.of(answer.body(), length), "outputs")) {
      Map<?, ?> output = AnswerTree.object(each);
      switch (AnswerTree.text(output, "name")) {
        case "label" -> tensors.readLabels(output, data);
        case "score" -> tensors.readNumbers(output, data, tensors.scores);
        default -> tensors.readNumbers(output, data, tensors.margins);
      }
    }

    return tensors;
  }

  private void readLabels(Map<?, ?> output, ByteBuffer data) {
    if (output.containsKey("data")) {
      AnswerTree.list(output, "data").forEach(label -> labels.add(String.valueOf(label)));
      return;
    }

    for (int row = 0; row < isWhole.length; row++) {
      byte[] text = new byte[data.getInt()];
      data.get(text);
      labels.add(new String(text, StandardCharsets.UTF_8));
    }
  }

  private void readNumbers(Map<?, ?> output, ByteBuffer data, float[] to) throws IOException {
    if (!output.containsKey("data")) {
      data.asFloatBuffer().get(to);
      data.position(data.position() + to.length * Float.BYTES);
      return;
    }

    float[] numbers = AnswerTree.numbers(output.get("data"), to.length);
    System.arraycopy(numbers, 0, to, 0, to.length);
    int each = to.length / isWhole.length;
    for (int at = 0; at < to.length; at++) {
      isWhole[at / each] &= !Float.isNaN(to[at]);
    }
  }

  /**
   * Passes on what was read.
   *
   * @param sent the numbers of the records
   */
  void giveTo(List<Integer> sent, WayAnswers to) {
    int outputs = margins.length / isWhole.length;
    int perRow = scores.length / isWhole.length;
    for (int at = 0; at < sent.size(); at++) {
      if (!isWhole[at]) {
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
